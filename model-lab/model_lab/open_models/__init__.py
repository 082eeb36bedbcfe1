"""Exports open video models (Wan, LTX-Video) from diffusers' checkpoint directories as bundles that the services run.

One module per family makes its parts and its manifest; `families` is the registry. What all families share stands
beside: loading a checkpoint part by part (`checkpoint`), writing a graph (`graph`), attention (`attention`), comparing
with diffusers (`parity`), LoRA (`lora`), the manifest's files (`manifest`) and checking a bundle (`verify`).

Needs model-lab/requirements-open-models.txt.
"""

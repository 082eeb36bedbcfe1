"""Checks on an NVIDIA machine what can't be seen on a CPU: `python -m model_lab.device_check --out DIR`.

Each part runs in a process of its own, so that its memory on the card is its own. Needs
model-lab/requirements-open-models.txt with onnxruntime-gpu in place of onnxruntime, and a PyTorch with CUDA.
"""

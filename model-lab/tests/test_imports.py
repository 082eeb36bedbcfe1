import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]


def imports(path):
    """The modules of model_lab that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("model_lab"):
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("model_lab"))


def test_no_module_imports_itself_by_way_of_others():
    modules = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in ROOT.glob("model_lab/**/*.py")}
    graph = {name: {i for i in imports(path) if i in modules} for name, path in modules.items()}
    assert graph["model_lab.sample"] >= {"model_lab.pipeline", "model_lab.sheet"}
    TopologicalSorter(graph).prepare()  # raises CycleError with the circle

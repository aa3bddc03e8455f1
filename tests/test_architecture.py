"""The house: which way imports point, what a worker loads, what files are called and how long they are."""

import ast
import os
import re
import shutil
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(p for top in ("sim", "experiments") for p in (ROOT / top).rglob("*.py")) + sorted(ROOT.glob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MODULES = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in CODE}

HEAVY = {"mesa", "pandas", "scipy.stats", "plotly", "networkx", "pydantic"}
TOP_LEVEL = {
    "run_sim.py", "sim", "scenarios", "experiments", "tests",
    ".ci", "pyproject.toml", "README.md", ".gitignore", "requirements.lock",
}  # fmt: skip

# Parts of sim from the ground up: a part imports its own row and the rows above it in this list, never one below.
STOREYS = (
    {"compiled", "bits", "chance", "parameters", "switches", "events", "ledger", "state", "policy", "plan", "world", "grounds"},
    {"rules"},
    {"processes"},
    {"month", "population", "given"},
    {"engine", "scenario", "observe", "verdict"},
    {"view", "agents", "model", "warm_up", "checkpoint"},
    {"report", "live"},
)
ENGINE = set().union(*STOREYS[:4], {"engine"})


def imports(path: Path, *, while_loading: bool = False) -> set[str]:
    """Names of the modules that a file imports; ``while_loading`` leaves out those in functions and for type checkers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if while_loading and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(ROOT)} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        waiting += ast.iter_child_nodes(node)
    return found


def module_of(name: str) -> str | None:
    """The module of this project to which an imported name belongs."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def part_of(module: str) -> str:
    """The part of sim to which a module belongs: ``sim.state.partners`` -> ``state``."""
    return module.split(".")[1] if "." in module else ""


def storey_of(module: str) -> int:
    """The storey on which a part of sim stands."""
    return next(n for n, parts in enumerate(STOREYS) if part_of(module) in parts)


def test_every_part_of_sim_has_its_storey():
    parts = {part_of(m) for m in MODULES if m.startswith("sim.")}
    assert parts <= set().union(*STOREYS)


def test_imports_point_from_the_front_door_to_experiments_to_sim():
    may_import = {"sim": {"sim"}, "experiments": {"sim", "experiments"}, "run_sim": {"sim", "experiments"}}
    for module, path in MODULES.items():
        top = module.split(".")[0]
        ours = {name.split(".")[0] for name in imports(path)} & {"sim", "experiments", "run_sim", "tests"}
        assert ours <= may_import[top], f"{module} imports {ours - may_import[top]}"


def test_inside_sim_imports_point_down():
    wrong = [
        f"{module} imports {target}"
        for module, path in MODULES.items()
        if module.startswith("sim.")
        for target in map(module_of, imports(path))
        if target and target.startswith("sim.") and storey_of(target) > storey_of(module)
    ]
    assert not wrong


def test_no_modules_of_sim_import_each_other_in_a_circle():
    graph = {m: {module_of(name) for name in imports(p, while_loading=True)} - {None, m} for m, p in MODULES.items()}
    list(TopologicalSorter(graph).static_order())  # raises CycleError


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("mesa", {"sim.view", "sim.model"}),
        ("plotly", {"sim.report", "sim.live", "experiments"}),
        ("pydantic", {"sim.scenario", "experiments"}),
    ],
)
def test_a_library_is_imported_only_where_it_belongs(library, allowed):
    users = {m for m, path in MODULES.items() if any(name.split(".")[0] == library for name in imports(path))}
    assert not {m for m in users if not any(m == a or m.startswith(a + ".") for a in allowed)}


def test_the_engine_names_no_heavy_library():
    for module, path in MODULES.items():
        if module.startswith("sim.") and part_of(module) in ENGINE:
            named = {heavy for heavy in HEAVY for name in imports(path) if f"{name}.".startswith(f"{heavy}.")}
            assert not named, f"{module} imports {named}"


def loaded_after(statement: str) -> set[str]:
    """Which heavy libraries a fresh interpreter has loaded after a statement."""
    show = f"{statement}\nimport sys\nprint(*sorted(m for m in {sorted(HEAVY)} if m in sys.modules))"
    out = subprocess.run([sys.executable, "-c", show], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(out.stdout.split())


@pytest.mark.parametrize("statement", ["import sim", "import sim.world", "import sim.engine", "from sim import build"])
def test_a_worker_that_only_simulates_loads_no_heavy_library(statement):
    assert loaded_after(statement) == set()


def test_the_check_of_loaded_libraries_sees_mesa():
    assert "mesa" in loaded_after("from sim import ChannelModel")


def test_sim_hands_out_its_names_and_no_others():
    import sim

    assert set(sim.__all__) == set(sim._HOMES) <= set(dir(sim))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = sim.nonsense


def test_every_purpose_has_a_number_of_its_own_that_is_not_retired_and_somebody_draws_for_it():
    from sim.chance import RETIRED, Purpose

    numbers = [int(purpose) for purpose in Purpose.__members__.values()]
    assert len(numbers) == len(set(numbers))
    assert not set(numbers) & set(RETIRED)
    code = "\n".join(path.read_text(encoding="utf-8") for module, path in MODULES.items() if module.startswith("sim."))
    assert not [purpose.name for purpose in Purpose if not re.search(rf"\bPurpose\.{purpose.name}\b", code)]


@pytest.mark.parametrize("path", CODE + TESTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_over_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_module_has_a_name_that_says_nothing():
    vague = re.compile(r"(utils?|helpers?|misc|common|managers?|handlers?)(\.py)?")
    assert not [str(p.relative_to(ROOT)) for p in CODE for part in p.relative_to(ROOT).parts if vague.fullmatch(part)]


def test_only_the_agreed_names_stand_at_the_top_level():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git repository")
    assert {line.split("/")[0].strip('"') for line in listed.splitlines()} <= TOP_LEVEL


def without_docstring(path: Path) -> list[str]:
    """Public classes, functions and methods of a file that say nothing of themselves, and the file itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [] if ast.get_docstring(tree) else ["the module"]
    homes: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    for prefix, home in homes:
        for node in home.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            marks = {ast.unparse(d).rpartition(".")[2] for d in node.decorator_list}
            if not ast.get_docstring(node) and not marks & {"setter", "overload", "override"}:
                silent.append(prefix + node.name)
            if isinstance(node, ast.ClassDef):
                homes.append((f"{prefix}{node.name}.", node))
    return silent


def test_everything_public_in_sim_has_a_docstring():
    silent = {module: without_docstring(path) for module, path in MODULES.items() if module.startswith("sim")}
    assert not {module: names for module, names in silent.items() if names}


def test_an_edit_in_an_imported_rule_takes_effect_and_changes_the_cache_folder(tmp_path):
    package = tmp_path / "sim"
    package.mkdir()
    shutil.copy(ROOT / "sim" / "compiled.py", package)
    (package / "rule.py").write_text("from sim.compiled import leaf\n\n@leaf\ndef accepts(x):\n    return x > 1\n")
    (package / "process.py").write_text(
        "from sim.compiled import kernel\nfrom sim.rule import accepts\n\n@kernel\ndef run(x):\n    return accepts(x)\n"
    )
    places = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    ask = "from sim import compiled, process; print(process.run(2), compiled.CACHE_FOLDER, len(process.run.stats.cache_hits))"

    def run() -> list[str]:
        command = [sys.executable, "-c", ask]
        done = subprocess.run(command, cwd=tmp_path, env=os.environ | places, check=True, capture_output=True, text=True)
        return done.stdout.split()

    accepted, folder, hits = run()
    assert (accepted, hits) == ("True", "0")
    assert run() == ["True", folder, "1"]  # the cache is used while nothing changed
    rule = package / "rule.py"
    rule.write_text(rule.read_text().replace("x > 1", "x > 9"))
    edited, other_folder, _ = run()
    assert edited == "False"
    assert other_folder != folder

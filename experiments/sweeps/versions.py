"""What results depend on besides the study: the versions whose change makes two sets of runs incomparable."""

import platform
from importlib import metadata

PACKAGES = ("numpy", "numba", "scipy", "pyarrow")


def versions() -> dict[str, str]:
    """Versions by name; results are promised bit for bit on one machine class and one set of these."""
    import sim

    out = {"simulator": sim.__version__, "python": ".".join(platform.python_version_tuple()[:2]), "machine": platform.machine()}
    for name in PACKAGES:
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return out

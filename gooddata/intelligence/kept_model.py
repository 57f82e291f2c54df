"""Models as skops files: data, and nothing that runs when it is read."""

import threading
from collections.abc import Mapping
from types import ModuleType
from typing import Any
from zipfile import ZIP_DEFLATED

from gooddata.errors import InputError

# Types beyond those that skops trusts by itself, each of them data: a number format, the nodes of trees.
_TRUSTED = frozenset(
    {
        "numpy.dtype",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.ensemble._iforest.IsolationForest",
        "sklearn.tree._tree.Tree",
    }
)

# What reading a file that is no model may raise, here or in who takes its parts: anything, since it is read as zip,
# zlib, JSON, numpy's headers (which are Python) and the state of estimators, and each has errors of its own.
UNUSABLE = (Exception,)

# Arrays have headers that are parsed as Python, which Python 3.11 cannot do in two threads at once: it raises
# SystemError ("AST constructor recursion depth mismatch").
_ONE_AT_A_TIME = threading.Lock()


def dumps(state: Mapping[str, Any]) -> bytes:
    """The parts of a model as a file."""
    return _skops().dumps(dict(state), compression=ZIP_DEFLATED, compresslevel=6)


def loads(blob: bytes) -> Any:
    """The parts of a model. Raises InputError when it holds a type that a model has no business to hold, and one of
    UNUSABLE when it is no such file."""
    skops = _skops()
    with _ONE_AT_A_TIME:
        strangers = set(skops.get_untrusted_types(data=blob)) - _TRUSTED
        if strangers:
            raise InputError(f"the model holds types that are not trusted: {', '.join(sorted(strangers))}")
        return skops.loads(blob, trusted=sorted(_TRUSTED))


def _skops() -> ModuleType:
    """All of scikit-learn and SciPy comes with it, which takes seconds: a worker begins its work without, and has it
    once there is a model."""
    import skops.io

    return skops.io

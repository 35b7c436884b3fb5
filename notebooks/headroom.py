"""What the notebooks share: reading the results of sweeps and plans, units, and how figures look."""

import json
import os

import matplotlib.pyplot as plt
import pandas as pd
import pyarrow
from matplotlib.ticker import FuncFormatter
from pyarrow import dataset, fs

FIGURES = os.environ.get("HEADROOM_FIGURES")  # a folder for the figures as SVG; not set: only shown

KIB, GIB, GB = 2**10, 2**30, 10**9

# What tells configurations apart, by what it is about.
AXES = {
    "model": ["model"],
    "heads": ["variant", "kv_heads"],
    "precision": ["kv_precision"],
    "attention": ["kv_cache", "window", "sinks"],
    "host": ["engine", "threads", "contention", "context_shards"],
}

# Bits of a number with its share of scales. Those of fp8-per-token-head and fp8_ds_mla depend on the heads.
BITS = {"f32": 32, "f16": 16, "bf16": 16, "fp8": 8, "int8": 8.5, "int4": 4.5, "nvfp4": 4.5, "q8_0": 8.5, "q5_1": 6,
        "q5_0": 5.5, "q4_1": 5, "q4_0": 4.5, "iq4_nl": 4.5}

COLOURS = {"MHA": "#0072B2", "GQA": "#D55E00", "MQA": "#009E73"}  # Okabe and Ito: safe for colour-blind eyes
MARKERS = {"MHA": "o", "GQA": "s", "MQA": "^"}
OTHER = "#555555"

pd.set_option("display.max_colwidth", None)
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10, "font.size": 9,
                     "axes.grid": True, "grid.color": "#e6e6e6", "axes.axisbelow": True, "figure.dpi": 120,
                     "legend.frameon": False, "svg.hashsalt": "headroom", "svg.fonttype": "none"})

plain_numbers = FuncFormatter(lambda value, _: f"{value:,.6g}")


def bits_of(labels):
    """The precisions whose bits are known: the mean of keys and values where those are apart, as in int8/int4."""
    each = {label: [BITS.get(part) for part in label.split("/")] for label in sorted(set(labels))}
    return pd.DataFrame([(label, sum(bits) / len(bits)) for label, bits in each.items() if None not in bits],
                        columns=["kv_precision", "bits"]).astype({"kv_precision": "string", "bits": float})


class Unusable(Exception):
    """Stops the notebook with one line in place of a stack trace."""

    def _render_traceback_(self):
        return [f"Unusable: {self}"]


class Results:
    """The results of a sweep, in a folder or at an address that Arrow knows."""

    def __init__(self, path):
        self.path = path

    def measurements(self, needed):
        """One row a cell and sequence. Unusable without the needed columns."""
        return table(self.path, "measurements", needed, "a sweep", "sweep conf/sweeps/quickstart.conf --out results/quickstart")

    def summary(self, needed):
        """One row a cell; None, and a line that says why, where an earlier version wrote it without the needed columns."""
        try:
            cells = dataset.dataset(f"{self.path}/summary", format="parquet")
        except FileNotFoundError:
            print(f"{self.path} has no summary: what is shown of it is left out")
            return None
        missing = [name for name in needed if name not in cells.schema.names]
        if missing:
            print(f"the summary in {self.path} lacks the columns {', '.join(missing)}: what is shown of them is left out; "
                  "jobs/bin/headroom sweep with --resume writes it anew")
            return None
        return cells

    def manifest(self):
        """What the sweep says of itself; empty where it says nothing."""
        return manifest(self.path)


class Plan:
    """The results of a plan, in a folder or at an address that Arrow knows."""

    def __init__(self, path):
        self.path = path

    def table(self, name, needed):
        """Rows of one of its tables. Unusable without the needed columns."""
        return table(self.path, name, needed, "a plan", "plan conf/plans/quickstart.conf --out results/plan")

    def manifest(self):
        """What the plan says of itself; empty where it says nothing."""
        return manifest(self.path)


def table(path, name, needed, kind, command):
    """Rows of a table in a results folder. Unusable where it is missing, cannot be read, or lacks needed columns."""
    try:
        rows = dataset.dataset(f"{path}/{name}", format="parquet")
    except FileNotFoundError:
        raise Unusable(f"{path} holds no results of {kind} ({name}/*.parquet); make some with "
                       f"jobs/bin/headroom {command}") from None
    except (OSError, pyarrow.ArrowInvalid) as error:
        raise Unusable(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    missing = [column for column in needed if column not in rows.schema.names]
    if missing:
        raise Unusable(f"the {name} in {path} lack the columns {', '.join(missing)}")
    return rows


def manifest(folder):
    """What a results folder says of itself; empty where it says nothing."""
    files, path = fs.FileSystem.from_uri(folder) if "://" in folder else (fs.LocalFileSystem(), folder)
    try:
        with files.open_input_stream(f"{path}/manifest.json") as stream:
            return json.loads(stream.read())
    except FileNotFoundError:
        return {}


def axes(*kinds):
    """The columns of some kinds of axes, as SQL has them."""
    return ", ".join(f'"{column}"' for kind in kinds for column in AXES[kind])


def keep(figure, name):
    """Shows a figure, and writes it where figures are kept."""
    if FIGURES:
        figure.savefig(f"{FIGURES}/{name}.svg", bbox_inches="tight", metadata={"Date": None})
    plt.show()


def tokens_text(tokens, _=None):
    for unit, size in (("M", 2**20), ("k", 2**10)):
        if tokens >= size:
            return f"{tokens / size:.3g}{unit}"
    return f"{tokens:.0f}"


def name_ends(panel, ends):
    """Writes names at the ends of lines, apart from each other; ends are (x, y, name, colour)."""
    to_points = 72 / panel.figure.dpi
    lowest = float("-inf")
    for x, y, name, colour in sorted(ends, key=lambda end: end[1]):
        height = panel.transData.transform((x, y))[1] * to_points
        lowest = max(height, lowest + 10)
        panel.annotate(name, (x, y), (6, lowest - height), textcoords="offset points", va="center", color=colour,
                       annotation_clip=False)

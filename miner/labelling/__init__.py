"""Documents labelled by people or to be labelled: Label Studio, doccano, spaCy and the guide's own format."""

from miner.labelling.document import Label, Labelled, labelled
from miner.labelling.read import read_labelled

__all__ = ["Label", "Labelled", "labelled", "read_labelled"]

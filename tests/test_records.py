"""Records: made quickly, and as immutable as ever."""

import dataclasses
import inspect
import pickle

import pytest

from miner import records
from miner.records import Article, Facts, Mention, Span, Unit

RECORDS = [cls for _, cls in inspect.getmembers(records, dataclasses.is_dataclass)]


def test_there_are_records():
    assert {Article, Span, Mention, Unit, Facts} <= set(RECORDS)


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
def test_every_field_is_set_from_its_own_parameter(cls):
    given = {field.name: object() for field in dataclasses.fields(cls)}
    made = cls(**given)
    assert {name: getattr(made, name) for name in given} == given
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, next(iter(given)), None)


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
def test_parameters_are_those_of_a_dataclass(cls):
    plain = dataclasses.make_dataclass(
        "Plain",
        [
            (f.name, f.type, dataclasses.field(default=f.default, kw_only=f.kw_only))
            for f in dataclasses.fields(cls)
        ],
    )  # fmt: skip
    assert [(p.name, p.kind, p.default) for p in inspect.signature(cls).parameters.values()] == [
        (p.name, p.kind, p.default) for p in inspect.signature(plain).parameters.values()
    ]


def test_a_record_is_equal_to_its_copies():
    unit = Unit(3, 9, "Hà Nội", "locality", rule="bare", confidence=0.9)
    assert pickle.loads(pickle.dumps(unit)) == unit == dataclasses.replace(unit)
    assert dataclasses.replace(unit, name="Thành phố Hà Nội") != unit
    assert hash(unit) == hash(dataclasses.replace(unit))
    with pytest.raises(TypeError, match=r"Unit\.__init__\(\) missing 1 required positional argument: 'kind'"):
        Unit(3, 9, "Hà Nội")

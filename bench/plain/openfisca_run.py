"""Runs in OpenFisca's own environment, apart from the program: builds, puts in, calculates.

`python openfisca_run.py FOLDER` reads what bench/openfisca.py has written there. Each line that
it is given is one piece of work, answered with one line of JSON: `three` or `two` (and
`households`, to build the population as OpenFisca's manual does), or `differ`.
"""

import gc
import importlib.metadata
import importlib.util
import json
import sys
import time
from pathlib import Path

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem


class Way:
    """One way of writing the rules, with its inputs in memory."""

    def __init__(self, folder, name):
        told = json.loads((folder / f"{name}.json").read_text())
        self.period, self.persons = told["period"], told["persons"]
        self.questions, self.schemes = told["questions"], told["schemes"]
        self.inputs = {
            variable: numpy.load(folder / file) for variable, file in told["inputs"].items()
        }
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        self.rules = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.rules)

    def run(self, households=None):
        begun = time.perf_counter()
        simulation = self.build(households)
        built = time.perf_counter()
        for variable, values in self.inputs.items():
            simulation.set_input(variable, self.period, values)
        put_in = time.perf_counter()
        asked = [name for names in [*self.questions, *self.schemes] for name in names]
        found = {name: simulation.calculate(name, self.period) for name in asked}
        counts = {name: int(numpy.count_nonzero(held)) for name, held in found.items()}
        done = time.perf_counter()
        seconds = {
            "build": built - begun,
            "inputs": put_in - built,
            "calculate": done - put_in,
            "total": done - begun,
        }
        return seconds, counts, found

    def build(self, households):
        """The system and its population: persons alone, or in the households they live in."""
        group = build_entity(
            "household", "households", "A household", roles=[{"key": "member", "label": "Member"}]
        )
        entities = [self.rules.Person] if households is None else [self.rules.Person, group]
        system = TaxBenefitSystem(entities)
        for held in self.rules.Variable.__subclasses__():
            if held.__module__ == self.rules.__name__:
                system.add_variable(held)
        builder = SimulationBuilder()
        if households is None:
            return builder.build_default_simulation(system, count=self.persons)
        builder.create_entities(system)
        builder.declare_person_entity("person", numpy.arange(self.persons))
        homes = builder.declare_entity("household", numpy.unique(households))
        builder.join_with_persons(homes, households, roles=["member"] * self.persons)
        return builder.build(system)


def differ(two, three):
    """A scheme: persons told yes, and no, by two values of whom three say otherwise."""
    plain, exact = two.run()[2], three.run()[2]
    rows = []
    for (name,), (yes, no) in zip(two.schemes, three.schemes, strict=True):
        told = plain[name]
        rows.append(
            {
                "yes": int(numpy.count_nonzero(told)),
                "wrongly_yes": int(numpy.count_nonzero(told & ~exact[yes])),
                "wrongly_no": int(numpy.count_nonzero(~told & ~exact[no])),
            }
        )
    return rows


def main():
    folder = Path(sys.argv[1])
    ways = {name: Way(folder, name) for name in ("two", "three")}
    version = importlib.metadata.version("openfisca-core")
    print(json.dumps({"version": version, "numpy": numpy.__version__}), flush=True)
    households = numpy.load(folder / "households.npy")
    for line in sys.stdin:
        gc.collect()
        if line.strip() == "differ":
            print(json.dumps(differ(ways["two"], ways["three"])), flush=True)
            continue
        way, *more = line.split()
        seconds, counts, _ = ways[way].run(households if more else None)
        print(json.dumps({"seconds": seconds, "counts": counts}), flush=True)


if __name__ == "__main__":
    main()

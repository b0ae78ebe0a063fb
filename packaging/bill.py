"""What the program is made of: a bill of materials (CycloneDX 1.5) and the licences of all of it.

    bill.py METADATA LOCK OPENCC SBOM LICENCES

METADATA is what `cargo metadata` says for the target, LOCK is Cargo.lock, OPENCC the folder that
scripts/setup made. What is used to build and to test only is left out. A dependency without a
licence text of its own is an error, unless its expression's texts are known from another.
"""

import hashlib
import json
import pathlib
import sys
import tomllib
import uuid

metadata, lock, opencc, sbom, licences = map(pathlib.Path, sys.argv[1:])
metadata = json.loads(metadata.read_text())
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
root = metadata["resolve"]["root"]
checksums = {
    (package["name"], package["version"]): package.get("checksum")
    for package in tomllib.loads(lock.read_text())["package"]
}


def runs(node):
    """What goes into the program: neither what builds it nor what tests it."""
    for dependency in node["deps"]:
        if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
            yield dependency["pkg"]


reached, waiting = set(), [root]
while waiting:
    package = waiting.pop()
    if package not in reached:
        reached.add(package)
        waiting.extend(runs(nodes[package]))
own = set(metadata["workspace_members"])
order = sorted(reached, key=lambda package: (packages[package]["name"], packages[package]["version"]))


def expression(package):
    return (package["license"] or "").replace("/", " OR ") or None


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package):
    told = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
    }
    if package["description"]:
        told["description"] = package["description"].strip()
    if expression(package):
        told["licenses"] = [{"expression": expression(package)}]
    checksum = checksums.get((package["name"], package["version"]))
    if checksum:
        told["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["repository"]:
        told["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return told


opencc_version = (opencc / "version").read_text().split()[0]
opencc_told = {
    "type": "library",
    "bom-ref": f"pkg:pypi/opencc@{opencc_version}",
    "name": "OpenCC",
    "version": opencc_version,
    "purl": f"pkg:pypi/opencc@{opencc_version}",
    "description": "Conversion between Traditional and Simplified Chinese; its static library is linked",
    "licenses": [{"expression": "Apache-2.0"}],
}
program = packages[root]
told = component(program) | {"type": "application"}
third = [package for package in order if package not in own]
seed = hashlib.sha256("\n".join(order).encode() + lock.read_bytes()).digest()
bill = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    # The same parts give the same bill.
    "serialNumber": f"urn:uuid:{uuid.UUID(bytes=seed[:16], version=4)}",
    "version": 1,
    "metadata": {"component": told},
    "components": [component(packages[package]) for package in order if package != root] + [opencc_told],
    "dependencies": [
        {
            "ref": reference(packages[package]),
            "dependsOn": sorted({reference(packages[other]) for other in runs(nodes[package])})
            + ([opencc_told["bom-ref"]] if packages[package]["name"].startswith("opencc") else []),
        }
        for package in order
    ],
}
sbom.write_text(json.dumps(bill, ensure_ascii=False, indent=1) + "\n")


def texts(folder):
    """Licences and notices that lie in a package."""
    begins = ("license", "licence", "copying", "notice", "unlicense", "copyright")
    return sorted(file for file in folder.iterdir() if file.is_file() and file.name.lower().startswith(begins))


by_text, bare = {}, []
for package in map(packages.get, third):
    found = texts(pathlib.Path(package["manifest_path"]).parent)
    name = f"{package['name']} {package['version']} ({expression(package)})"
    if not found:
        bare.append((name, expression(package)))
    for file in found:
        text = file.read_text(errors="replace").strip()
        by_text.setdefault(text, []).append(name)
for file in sorted((opencc / "licence").rglob("*")):
    if file.is_file() and file.name.lower().startswith(("license", "licence", "notice")):
        by_text.setdefault(file.read_text(errors="replace").strip(), []).append(f"OpenCC {opencc_version} (Apache-2.0)")
lines = ["What tiaowen is made of, and under which licences. Each text stands below the parts it is of.\n"]
if bare:
    lines.append("These parts carry no text of their own; the texts of their licences stand below others:\n")
    lines += [f"  {name}" for name, _ in bare]
    lines.append("")
for text, names in sorted(by_text.items(), key=lambda one: one[1]):
    lines += ["=" * 80, *sorted(set(names)), "-" * 80, text, ""]
licences.write_text("\n".join(lines))

whole = "\n".join(by_text)
marks = {
    "MIT": "Permission is hereby granted, free of charge",
    "Apache-2.0": "Apache License",
    "BSD-3-Clause": "Neither the name",
    "BSD-2-Clause": "Redistributions in binary form",
    "ISC": "Permission to use, copy, modify, and",
    "Zlib": "This software is provided 'as-is'",
    "CC0-1.0": "CC0",
    "Unlicense": "This is free and unencumbered software",
    "Unicode-3.0": "UNICODE LICENSE V3",
    "MPL-2.0": "Mozilla Public License",
}
missing = [name for name, licence in bare if not licence or not any(mark in whole and key in licence for key, mark in marks.items())]
if missing:
    sys.exit(f"bill: no licence text for {', '.join(missing)}; put one into packaging/ and read it here")
print(f"{len(third)} parts, {len(by_text)} licence texts, {len(bare)} parts without a text of their own", file=sys.stderr)

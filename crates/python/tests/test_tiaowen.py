"""What the package answers, on the agreements of the repository: python3 -m unittest discover."""

import contextlib
import io
import os
import pathlib
import re
import tempfile
import unittest

import tiaowen

ROOT = pathlib.Path(__file__).resolve().parents[3]
TRADITIONAL = ROOT / "corpus" / "medical-2017.zh-Hant-HK.md"
SIMPLIFIED = ROOT / "corpus" / "medical-2017.zh-Hans-CN.md"


class Splitting(unittest.TestCase):
    def test_offsets_count_as_python_counts(self):
        source = TRADITIONAL.read_bytes()
        for clause in tiaowen.clauses(TRADITIONAL):
            start, end = clause["bytes"]
            printed = source[start:end].decode()
            self.assertIn(clause["text"].split("\n")[0][-8:], printed)

    def test_both_scripts_give_the_same_clauses(self):
        traditional, simplified = tiaowen.clauses(TRADITIONAL), tiaowen.clauses(SIMPLIFIED)
        eids = [clause["eid"] for clause in traditional]
        self.assertEqual(eids, [clause["eid"] for clause in simplified])
        shown = tiaowen.clauses(str(TRADITIONAL), display="hans")
        self.assertNotEqual(shown[3]["text"], traditional[3]["text"])
        self.assertEqual(len(shown), len(traditional))

    def test_what_can_not_be_read_says_why(self):
        with self.assertRaises(FileNotFoundError):
            tiaowen.clauses("nowhere.txt")
        with tempfile.TemporaryDirectory() as folder:
            empty = pathlib.Path(folder, "empty.pdf")
            empty.write_bytes(b"")
            with self.assertRaisesRegex(tiaowen.Error, "empty.pdf"):
                tiaowen.clauses(empty)
        with self.assertRaisesRegex(ValueError, "hant or hans"):
            tiaowen.clauses(TRADITIONAL, display="latin")


class Comparing(unittest.TestCase):
    def test_two_scripts_of_one_text_align(self):
        comparison = tiaowen.compare(TRADITIONAL, SIMPLIFIED)
        summary = comparison["summary"]
        self.assertEqual(summary["left_only"] + summary["right_only"], 0)
        self.assertEqual(len(comparison["rows"]), summary["same"] + summary["changed"] + 1)
        numbered = tiaowen.compare(f"{TRADITIONAL}#1", f"{SIMPLIFIED}#1")
        self.assertEqual(numbered["summary"], summary)
        with self.assertRaisesRegex(ValueError, "#7"):
            tiaowen.compare(f"{TRADITIONAL}#7", SIMPLIFIED)

    def test_reports_are_files_of_their_format(self):
        self.assertEqual(tiaowen.export(TRADITIONAL, SIMPLIFIED, "docx")[:2], b"PK")
        self.assertIn(b"<tmx", tiaowen.export(TRADITIONAL, SIMPLIFIED, "tmx"))
        with self.assertRaisesRegex(ValueError, "pdf"):
            tiaowen.export(TRADITIONAL, SIMPLIFIED, "pdf")


class Searching(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name, "index")
        cls.report = tiaowen.index(ROOT / "corpus", into=cls.path)
        cls.index = tiaowen.Index(cls.path)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_a_run_reports_and_a_second_finds_nothing_to_do(self):
        self.assertEqual(self.report["failed"], [])
        again = tiaowen.index([ROOT / "corpus"], into=self.path)
        self.assertEqual((again["added"], again["unchanged"]), (0, self.report["added"]))
        self.assertEqual(self.index.status()["documents"], self.report["documents"])

    def test_both_scripts_find_the_same(self):
        found = [self.index.search(query, limit=50, group=False) for query in ("質素", "素质")]
        # In another order: what prints the characters typed comes first.
        ids = [sorted(hit["clause"]["id"] for hit in answer["hits"]) for answer in found]
        self.assertTrue(ids[0])
        self.assertEqual(*ids)
        for hit in found[0]["hits"]:
            text = hit["clause"]["text"]
            for start, end in hit["highlights"]:
                self.assertTrue(text[start:end].strip(), hit)

    def test_filters_narrow_and_list(self):
        kinds = {"agreement", "memorandum"}
        listed = self.index.search(kind=kinds, limit=1000)
        self.assertEqual({hit["clause"]["document"]["kind"] for hit in listed["hits"]}, kinds)
        simplified = self.index.documents(script="hans")
        self.assertEqual({document["script"] for document in simplified}, {"Hans"})
        for wrong in ({"kind": "letter"}, {"script": "latin"}, {"sort": "length"}):
            with self.assertRaises(ValueError):
                self.index.search("合作", **wrong)
        with self.assertRaises(tiaowen.Error):
            self.index.search("合作", since="yesterday")

    def test_any_of_several_values_is_enough_and_all_filters_must_match(self):
        def total(**filters):
            found = self.index.search("合作", group=False, count=True, **filters)["total"]
            listed = self.index.documents("合作", **filters)
            self.assertEqual(sum(document["clauses"] for document in listed), found, filters)
            return found

        values = {
            "kind": ["agreement", "memorandum"],
            "script": ["hant", "hans"],
            "year": [2015, "2017-11"],
        }
        for name, (one, other) in values.items():
            both = total(**{name: (one, other)})
            self.assertEqual(both, total(**{name: one}) + total(**{name: [other]}), name)
            self.assertGreater(total(**{name: one}), 0, name)
        # A clause may have several of these.
        for name, one, other in (
            ("unit", "教育局", "知識產權署"),
            ("party", "教育", "知識產權"),
            ("place", "香港", "廣州"),
            ("number", "CB(2)", "粵"),
        ):
            apart = [total(**{name: value}) for value in (one, other)]
            both = total(**{name: {one, other}})
            self.assertTrue(max(apart) <= both <= sum(apart), (name, apart, both))
        narrow = total(kind=["agreement", "memorandum"], year=2017, script="hant")
        self.assertTrue(0 < narrow < total(kind=["agreement", "memorandum"], year=2017))

    def test_facets_count_what_each_value_would_leave(self):
        chosen = self.index.search("合作", group=False, kind="agreement", facets=True)
        facets = chosen["facets"]
        assert facets is not None
        self.assertEqual(facets["kind"]["agreement"], chosen["total"])
        for kind, hits in facets["kind"].items():
            found = self.index.search("合作", group=False, kind=kind, count=True)
            self.assertEqual(found["total"], hits, kind)
        self.assertIsNone(self.index.search("合作")["facets"])

    def test_documents_without_a_date_are_chosen_like_a_year(self):
        for query in ("大灣區", "大湾区"):
            found = self.index.search(query, group=False, facets=True)
            assert found["facets"] is not None
            years = found["facets"]["year"]
            self.assertEqual(sum(years.values()), found["total"])
            undated = self.index.search(query, group=False, undated=True, limit=100)
            self.assertEqual(undated["total"], years["undated"])
            self.assertEqual({hit["clause"]["document"]["date"] for hit in undated["hits"]}, {None})
            both = self.index.search(query, group=False, undated=True, year=2017, count=True)
            self.assertEqual(both["total"], years["undated"] + years["2017"])
        for range in ({"since": "2015"}, {"until": "2017"}):
            for asked in (self.index.search, self.index.documents):
                with self.assertRaisesRegex(ValueError, "undated"):
                    asked("合作", undated=True, **range)

    def test_the_state_of_a_day_and_what_came_since(self):
        now, then = (
            {document["id"] for document in self.index.documents("知識產權", as_of=day)}
            for day in ("2018", "2016")
        )
        self.assertTrue(then - now, "the agreement of 2015 was replaced by that of 2017")
        self.assertTrue(now - then)
        total = self.index.search("合作", count=True)["total"]
        self.assertEqual(self.index.search("合作", added_since="2020", count=True)["total"], total)
        self.assertEqual(self.index.search("合作", added_since="2999")["total"], 0)
        for wrong in ({"as_of": "soon"}, {"added_since": "soon"}, {"year": "soon"}):
            with self.assertRaises(tiaowen.Error):
                self.index.search("合作", **wrong)

    def test_clauses_and_documents_are_read_by_id(self):
        clause = self.index.search("合作")["hits"][0]["clause"]
        self.assertEqual(self.index.clause(clause["id"])["text"], clause["text"])
        document = self.index.document(clause["document"]["id"])
        self.assertIn(clause["id"], [each["id"] for each in document["clauses"]])
        for read in (self.index.clause, self.index.document):
            with self.assertRaises(KeyError):
                read("nothing")

    def test_snapshots_and_missing_indexes(self):
        copy = pathlib.Path(self.folder.name, "copy")
        self.index.snapshot(copy)
        self.assertEqual(tiaowen.Index(copy).status()["clauses"], self.report["clauses"])
        with self.assertRaisesRegex(tiaowen.Error, "not empty"):
            self.index.snapshot(copy)
        with self.assertRaisesRegex(tiaowen.Error, "no index"):
            tiaowen.Index(pathlib.Path(self.folder.name, "nothing"))


class Documentation(unittest.TestCase):
    def test_examples_run_as_they_stand(self):
        page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
        examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        self.assertGreater(len(examples), 2)
        before = pathlib.Path.cwd()
        names: dict = {}
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(ROOT / "corpus", pathlib.Path(folder, "corpus"))
            os.chdir(folder)
            try:
                for example in examples:
                    printed = io.StringIO()
                    with contextlib.redirect_stdout(printed):
                        exec(example, names)
                    self.assertTrue(printed.getvalue().strip(), example)
            finally:
                os.chdir(before)


if __name__ == "__main__":
    unittest.main()

/// Tests that must fail, run among those of the project: one that does not says that unittest judges otherwise than it did.
///
/// What became of them is a record `{"trial": "failed"}`.
enum UnittestTrials {
    /// A part of ``UnittestBootstrap``.
    static let source = #"""
        def members(kind):
            return [(kind, name) for name, value in vars(kind).items() if callable(value) and name != "__init_subclass__"]

        PARTS = members(unittest.TestCase) + members(unittest.TestResult) + members(unittest.TestSuite)
        PARTS += members(unittest.suite.BaseTestSuite) + members(unittest.case._Outcome)
        PARTS += members(unittest.case._AssertRaisesContext) + [(unittest.case, "_AssertRaisesContext")]

        # What must not hold, once for each of the usual assertions.
        class Trial(unittest.TestCase):
            wrong = {
                "assertEqual": (1, 2), "assertNotEqual": (1, 1), "assertTrue": (False,), "assertFalse": (True,),
                "assertIs": (1, "1"), "assertIsNot": (None, None), "assertIsNone": (1,), "assertIsNotNone": (None,),
                "assertIn": (1, []), "assertNotIn": (1, [1]), "assertIsInstance": (1, str), "assertLess": (2, 1),
                "assertNotIsInstance": (1, int), "assertGreater": (1, 2), "assertLessEqual": (2, 1),
                "assertGreaterEqual": (1, 2), "assertAlmostEqual": (1, 2), "assertNotAlmostEqual": (1, 1),
                "assertRegex": ("a", "b"), "assertNotRegex": ("a", "a"), "assertCountEqual": ([1], [2]),
                "assertListEqual": ([1], [2]), "assertTupleEqual": ((1,), (2,)), "assertSetEqual": ({1}, {2}),
                "assertDictEqual": ({1: 1}, {1: 2}), "assertSequenceEqual": ([1], [2]),
                "assertMultiLineEqual": ("a", "b"), "assertRaises": (ValueError, lambda: None), "fail": (),
            }

            def __init__(self, name):
                self.name = name
                super().__init__()

            def runTest(self):
                getattr(self, self.name)(*self.wrong[self.name])

        def try_out():
            for name in Trial.wrong:
                told = unittest.TestResult()
                try:
                    Trial(name)(told)
                    failed = len(told.failures) == told.testsRun == 1
                except Exception:
                    failed = False
                note(trial="failed" if failed else "passed")

        parts, comparisons = Parts(PARTS), Comparisons()
        """#
}

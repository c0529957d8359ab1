// Each test has the machine's two cores to itself: several whole systems at once would only measure one another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

// Each test has the machine's two cores to itself: a browser, phones and the whole system share them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(CallCenter.Desk.Web.Tests.StageFixture))]

using CallCenter.Architecture.Rules;

namespace CallCenter.Architecture;

/// <summary>The house is tidy, and each rule notices when it is not.</summary>
public class RuleTests
{
    private static readonly IReadOnlyList<Rule> All =
    [
        new ServicesReferenceSharedOnly(), new OnlyTelephonySpeaksSip(), new MediaHasThreeUsers(), new ContractsStandAlone(), new RoomNames(),
        new ShortProgram(), new NarrowSurface(), new FileLength(), new FunctionLength(),
        new ReadmePathsExist(), new EveryServiceHasReadme(), new DenseDecisions(),
        new NothingUnfinished(), new NothingOfTheMachine(), new NoSkippedTest(),
        new DenseMigrations(), new TablesKnowTheirTenant(), new PackagesAreUsed(), new GrainCodeUsesTheListedApi(),
        new EventsAreSealedRecords(), new EventsAreInTheCatalog(), new MetricsAreListed(),
    ];

    public static TheoryData<string> Names => new(All.Select(r => r.ToString()));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_house_keeps(string name)
    {
        var rule = Find(name);
        rule.Violations(Tree.Real).ShouldBeEmpty(rule.Says);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Planted_violation_is_found_of(string name)
    {
        var rule = Find(name);
        var known = rule.Violations(Tree.Real).ToHashSet();
        var planted = rule.Planted(Tree.Real).ToList();
        planted.ShouldNotBeEmpty();
        planted.ShouldAllBe(tree => rule.Violations(tree).Except(known).Any());
    }

    private static Rule Find(string name) => All.Single(r => r.ToString() == name);
}

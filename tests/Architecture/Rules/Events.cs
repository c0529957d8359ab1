using CallCenter.Contracts;

namespace CallCenter.Architecture.Rules;

internal sealed class EventsAreSealedRecords : Rule
{
    public override string Says => "An event is a sealed record; a base of events is abstract.";

    public override IEnumerable<string> Violations(Tree tree) =>
        tree.Contracts.Where(t => t.IsSubclassOf(typeof(DomainEvent)) && !t.IsAbstract && !t.IsSealed)
            .Select(t => $"{t.FullName} is not sealed");

    public override IEnumerable<Tree> Planted(Tree tree) => [tree.With(typeof(OpenEvent))];

    private record OpenEvent : ContactEvent;

    private sealed record Heir : OpenEvent;
}

internal sealed class EventsAreInTheCatalog : Rule
{
    public override string Says => "Every event is in the catalogue, under the service that tells it (its namespace is Contracts.<Service>).";

    public override IEnumerable<string> Violations(Tree tree)
    {
        var services = tree.Files.Where(f => f.Path.StartsWith("services/", StringComparison.Ordinal)).Select(f => f.Path.Split('/')[1]).ToHashSet();
        return tree.Contracts.Where(t => t.IsSubclassOf(typeof(DomainEvent)) && !t.IsAbstract)
            .Where(t => !EventCatalog.Types.Values.Contains(t) || !services.Any(s => EventCatalog.From(s).Contains(t) || EventCatalog.TracesFrom(s).Contains(t)))
            .Select(t => $"{t.FullName} is told by no service");
    }

    public override IEnumerable<Tree> Planted(Tree tree) => [tree.With(typeof(LonelyEvent))];

    private sealed record LonelyEvent : ContactEvent;
}

using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Architecture.Schemas;

/// <summary>
/// The contracts are what the committed snapshots say. An addition is accepted by running with CALLCENTER_ACCEPT=1, which
/// rewrites the snapshot to commit; a removal or another type is never accepted: stored events must stay readable.
/// </summary>
public class SchemaTests
{
    private const string Accept = "CALLCENTER_ACCEPT";
    private static readonly string Folder = Path.Combine(Tree.Root, "tests", "Architecture", "Snapshots");

    [Fact]
    public void Contracts_are_as_committed()
    {
        var present = Schema.Of(typeof(DomainEvent).Assembly.GetTypes());
        var committed = Directory.GetFiles(Folder, "*.txt").ToDictionary(f => Path.GetFileNameWithoutExtension(f), f => (IReadOnlyList<string>)File.ReadAllLines(f));
        var accept = Environment.GetEnvironmentVariable(Accept) == "1";
        var complaints = present.Keys.Union(committed.Keys)
            .SelectMany(space => Compare(space, committed.GetValueOrDefault(space, []), present.GetValueOrDefault(space, []), accept)).ToList();
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public void Planted_changes_are_told_apart()
    {
        string[] before = ["record Ring : ContactEvent", "  Agent Guid", "  Times int", "enum End", "  Lost"];
        string[] now = ["record Ring : ContactEvent", "  Agent Guid", "  Times long", "  Device string?", "enum End", "  Died"];
        var change = SchemaChange.Between(before, now);
        change.Breaks.ShouldBe(["Ring.Times int", "End.Lost"], ignoreOrder: true);
        change.Additions.ShouldBe(["Ring.Times long", "Ring.Device string?", "End.Died"], ignoreOrder: true);
    }

    [Fact]
    public void Planted_break_is_refused_even_when_additions_are_accepted() =>
        Compare("Nowhere", ["record Ring", "  Agent Guid"], ["record Ring"], accept: true).Single().ShouldContain("Ring.Agent Guid");

    [Fact]
    public void Planted_addition_asks_to_be_accepted() =>
        Compare("Nowhere", ["record Ring"], ["record Ring", "  Agent Guid"], accept: false).Single().ShouldContain(Accept + "=1");

    [Fact]
    public void Schema_tells_types_nullability_and_names_on_the_wire()
    {
        var lines = Schema.Of([typeof(CallCommand), typeof(NoSuchCallAnswer), typeof(LegRole), typeof(Play)])["CallCenter.Contracts.Telephony"];
        lines.ShouldContain("  TraceParent string?");
        lines.ShouldContain("  Causation Guid?");
        lines.ShouldContain("  Clips IReadOnlyList<Clip>");
        lines.ShouldContain("  kind:Play Play");
        lines.ShouldContain("record Play : CallCommand");
        lines.ShouldContain("  Supervisor");
    }

    private static IEnumerable<string> Compare(string space, IReadOnlyList<string> committed, IReadOnlyList<string> present, bool accept)
    {
        var change = SchemaChange.Between(committed, present);
        if (change.Breaks.Count > 0)
        {
            yield return $"{space}: removed or of another type: {string.Join("; ", change.Breaks)}. Stored events and running consumers still have it: "
                + "keep it, and add another beside it. (Before the first release only: delete the snapshot file and accept it anew.)";
        }
        else if (change.Additions.Count > 0 && accept)
        {
            File.WriteAllLines(Path.Combine(Folder, space + ".txt"), present);
        }
        else if (change.Additions.Count > 0)
        {
            yield return $"{space}: added: {string.Join("; ", change.Additions)}. If that is meant, run this test with {Accept}=1 and commit the snapshot.";
        }
    }

    private sealed record NoSuchCallAnswer;
}

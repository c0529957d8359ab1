using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Store;

/// <summary>A part of a body that is written once reads as it was, in each version of the row.</summary>
public class WrittenOnceTests
{
    private static readonly ProfileEntry First = new(Guid.NewGuid(), 1, 0, 1, 1), Second = new(Guid.NewGuid(), 2, 10, 2, 2);

    [Fact]
    public void A_later_version_has_what_was_written_before_and_what_has_changed()
    {
        var agent = new AgentRecord { Id = Guid.NewGuid(), Operator = Guid.NewGuid(), Queues = [First], Skills = new Dictionary<string, int> { ["fi"] = 3 } };
        Back(agent).Queues.ShouldBe([First]);
        var later = agent with { Misses = 1, Skills = new Dictionary<string, int> { ["fi"] = 4, ["da"] = 2 } };
        (Back(later).Misses, Back(later).Queues.Single()).ShouldBe((1, First));
        Back(later).Skills.ShouldBe(later.Skills);
        Back(later with { Queues = [Second, First] }).Queues.ShouldBe([Second, First]);
    }

    [Fact]
    public void It_is_the_same_json_as_without()
    {
        IReadOnlyList<ProfileEntry> queues = [First, Second];
        var body = JsonDocument.Parse(RoutingStore.Write(new AgentRecord { Id = Guid.NewGuid(), Operator = Guid.NewGuid(), Queues = queues }));
        body.RootElement.GetProperty("queues").GetRawText().ShouldBe(JsonSerializer.Serialize(queues, EventCatalog.Json));
    }

    private static AgentRecord Back(AgentRecord agent) => JsonSerializer.Deserialize<AgentRecord>(RoutingStore.Write(agent), EventCatalog.Json)!;
}

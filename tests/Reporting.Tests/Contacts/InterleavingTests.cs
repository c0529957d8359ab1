using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Reporting.Contacts;

namespace CallCenter.Reporting.Tests.Contacts;

/// <summary>The history does not depend on how the sources' events came in between each other, and its sums hold under wrong clocks.</summary>
public class InterleavingTests(ITestOutputHelper output)
{
    private const int Rounds = 200;

    public static TheoryData<string> Names => new(Calls.All.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_interleaving_of_sources_gives_the_same_history(string name)
    {
        var random = Seeded();
        var events = Calls.All[name](new Script()).Events;
        var expected = Text(ContactFold.Of([.. events]));
        for (var round = 0; round < Rounds; round++)
        {
            Text(ContactFold.Of(Shuffle.Sources(events, random))).ShouldBe(expected);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_prefix_of_any_interleaving_has_exact_sums(string name)
    {
        var random = Seeded();
        var events = Shuffle.Sources(Calls.All[name](new Script()).Events, random);
        for (var length = 1; length <= events.Count; length++)
        {
            if (ContactFold.Of(events[..length]) is { } history)
            {
                Sums.ShouldBeExact(history);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_clocks_of_sources_never_break_a_sum(string name)
    {
        var random = Seeded();
        for (var round = 0; round < Rounds; round++)
        {
            var skews = new Dictionary<string, long>();
            var script = new Script
            {
                Skew = source => skews.TryGetValue(source, out var skew) ? skew : skews[source] = random.Next(-30_000, 30_000),
            };
            Sums.ShouldBeExact(ContactFold.Of(Shuffle.Sources(Calls.All[name](script).Events, random)).ShouldNotBeNull());
        }
    }

    [Fact]
    public void Return_to_the_queue_is_seen_although_the_queue_is_told_by_a_slow_clock()
    {
        var history = ContactFold.Of([.. Calls.AgentLost(new Script { Skew = s => s == "routing" ? -100 : 0 }).Events]).ShouldNotBeNull();
        var caller = history.Legs[0].Phases;
        // Routing's 20,060 reads 19,960 on its clock, before the lost leg's end: caused by it, it counts from there.
        (caller.Ivr, caller.Queue).ShouldBe((4_855 - 100, 9_003 + 100 + 3_008));
    }

    [Fact]
    public void Causes_that_form_a_circle_lose_no_event()
    {
        var events = Calls.Talk(new Script()).Events.ToList();
        var (queued, answered) = (events.FindIndex(e => e is Contracts.Routing.ContactQueued), events.FindIndex(e => e is Contracts.Telephony.AgentAnswered));
        events[queued] = events[queued] with { Causation = events[answered].EventId };
        events[answered] = events[answered] with { Causation = events[queued].EventId };
        var ordered = CausalOrder.Of(events);
        ordered.ShouldBe(events, ignoreOrder: true);
        ordered.GroupBy(e => e.Source).ShouldAllBe(s => s.Select(e => e.Sequence).SequenceEqual(s.Select(e => e.Sequence).Order()));
    }

    private Random Seeded()
    {
        const int seed = 20260302;
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    private static string Text(ContactHistory? history) => JsonSerializer.Serialize(history);
}

using CallCenter.Contracts;
using CallCenter.Contracts.Crm;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Desk.Live;

namespace CallCenter.Desk.Tests.Live;

public sealed class LiveContactTests
{
    private static readonly Guid Agent = Guid.CreateVersion7(), Other = Guid.CreateVersion7(), Queue = Guid.CreateVersion7();
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Events_tell_the_same_in_whatever_order_they_come()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var run = 0; run < 500; run++)
        {
            var events = History(random);
            var expected = Fold(events);
            var shuffled = events.ToArray();
            random.Shuffle(shuffled);
            Fold(shuffled).ShouldBe(expected, $"run {run}: {string.Join(", ", shuffled.Select(e => e.GetType().Name))}");
            Fold([.. shuffled, .. shuffled]).ShouldBe(expected, "a repetition changes nothing");
        }
    }

    /// <summary>A missed offer, then one that is answered, with holds, and cut off anywhere.</summary>
    private static List<ContactEvent> History(Random random)
    {
        var (missed, taken) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        List<ContactEvent> events =
        [
            new CallArrived("gw", "+358401", "+358800", "trunk", Queue, 0), new CustomerIdentified(Guid.Empty, "Aino", "+358401", true), new FlowStarted(Queue, 1, "fi"),
            new ContactOffered(Queue, Other, Start.AddSeconds(20), "why") { Leg = missed }, new OfferEnded(Queue, Other, OfferOutcome.NoAnswer) { Leg = missed },
            new ContactOffered(Queue, Agent, Start.AddSeconds(40), "why") { Leg = taken }, new AgentAnswered(Agent) { Leg = taken },
            new OfferEnded(Queue, Agent, OfferOutcome.Accepted) { Leg = taken },
        ];
        for (var holds = random.Next(4); holds > 0; holds--)
        {
            events.AddRange([new CallHeld(Agent) { Leg = taken }, new CallResumed(Agent) { Leg = taken }]);
        }
        events.AddRange([
            new WrapUpStarted(Agent, Start.AddSeconds(90)) { Leg = taken }, new WrapUpEnded(Agent, "sold") { Leg = taken },
            new ContactEnded(new Termination(TerminationKind.Completed), 1),
        ]);
        return [.. events.Take(random.Next(4, events.Count + 1)).Select((e, i) => e with { OccurredAt = Start.AddSeconds(i), Sequence = i + 1 })];
    }

    private static string Fold(IEnumerable<ContactEvent> events)
    {
        var contact = new LiveContact(Guid.Empty, Guid.Empty);
        foreach (var e in events)
        {
            contact.Apply(e);
        }

        var legs = events.Select(e => e.Leg).OfType<Guid>().Distinct().Order()
            .Select(id => contact.Leg(id)!).Select(l => $"{l.Queue == Queue} {l.OfferedAt:T} {l.Deadline:T} {l.State} {l.StateSince:T} {l.WrapUpDeadline:T} {l.Outcome}");
        return $"{contact.Caller} {contact.Language} {contact.Customer?.Name} {contact.HasEnded} | {string.Join(" | ", legs)}";
    }
}

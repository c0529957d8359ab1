using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Comparison;
using CallCenter.Simulator.Tally;
using CallCenter.Simulator.Wire;

namespace CallCenter.Simulator.Tests;

/// <summary>One call and what may and may not be reported of it.</summary>
public sealed class ComparisonTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.CreateVersion7(), Queue = Guid.CreateVersion7(), Agent = Guid.CreateVersion7();

    [Fact]
    public void What_was_seen_is_accepted() => Compare(Reported()).ShouldBeEmpty();

    [Fact]
    public void A_hundred_milliseconds_are_accepted_and_more_is_not()
    {
        Compare(Reported(extraTalk: 90)).ShouldBeEmpty();
        Compare(Reported(extraTalk: 200)).ShouldContain(d => d.Figure == "talk, ms");
    }

    [Fact]
    public void Another_termination_agent_or_queue_is_found()
    {
        Compare(Reported() with { Termination = "CallerAbandoned" }).ShouldHaveSingleItem().Figure.ShouldBe("termination");
        Compare(Reported() with { Agent = Guid.CreateVersion7() }).ShouldHaveSingleItem().Figure.ShouldBe("agent");
        Compare(Reported() with { Queue = Guid.CreateVersion7() }).ShouldHaveSingleItem().Figure.ShouldBe("queue");
    }

    [Fact]
    public void Phases_that_do_not_add_up_are_found() =>
        Compare(Reported(hole: 30)).ShouldContain(d => d.Figure == "sum of its phases, ms");

    [Fact]
    public void A_call_that_the_systems_end_cut_may_have_failed_but_one_that_talked_has_not()
    {
        var outage = new Outage(Start.AddSeconds(20), Start.AddSeconds(40));
        Compare(Reported(), outage).ShouldBeEmpty();
        Compare(Reported() with { Termination = "Failed(gateway, ours)" }, outage).ShouldHaveSingleItem().Figure.ShouldBe("termination");
    }

    private static IReadOnlyList<Difference> Compare(ContactDetail reported, params Outage[] outages)
    {
        var settings = new QueueItem(Queue, Tenant, "Sales", 20, 3, 5, null, null);
        var findings = new Findings();
        ContactComparison.Compare(new CallFacts(Seen(), new Dictionary<Guid, QueueItem> { [Queue] = settings }, outages, toleranceMs: 100), reported, findings);
        return findings.Differences;
    }

    // 1 s until the answer, key at 5 s, rings at 8 s, answered at 10 s, the caller hangs up at 20 s.
    private static CallRecord Seen()
    {
        var call = new CallRecord("+358401000000", "+358800100200", Tenant, Wire(Start, 1, 20, byUs: true)) { Queue = Queue, KeyAt = Start.AddSeconds(5) };
        call.HearsVoice(Start.AddSeconds(10.04));
        call.Offered(new OfferRecord(Agent, "aino", Wire(Start.AddSeconds(8), 2, 12, byUs: false)) { VoiceHeardAt = Start.AddSeconds(10.04) });
        return call;
    }

    private static CallWire Wire(DateTimeOffset invited, double answered, double ended, bool byUs)
    {
        var wire = new CallWire { InvitedAt = invited };
        wire.Answer(invited.AddSeconds(answered));
        wire.End(invited.AddSeconds(ended), byUs, 0);
        return wire;
    }

    private static ContactDetail Reported(int extraTalk = 0, int hole = 0)
    {
        var caller = Leg("Caller", null, 0, 20, "PartyHungUp", new() { ["alerting"] = 1000, ["ivr"] = 4050, ["queue"] = 4970 - hole - extraTalk, ["talk"] = 9980 + extraTalk });
        var agent = Leg("Agent", Agent, 8, 20, "Ended", new() { ["ring"] = 2020 - extraTalk, ["talk"] = 9980 + extraTalk, ["wrapUp"] = 3000 });
        return new ContactDetail(Guid.CreateVersion7(), Tenant, "+358401000000", "+358800100200", Start, Start.AddSeconds(23), Queue, Agent, "Completed", [caller, agent]);
    }

    private static LegItem Leg(string role, Guid? user, double from, double to, string outcome, Dictionary<string, long?> phases) =>
        new(Guid.CreateVersion7(), role, user, Start.AddSeconds(from), Start.AddSeconds(to), outcome, phases);
}

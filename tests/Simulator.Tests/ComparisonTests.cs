using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Comparison;
using CallCenter.Simulator.Tally;
using CallCenter.Simulator.Wire;

namespace CallCenter.Simulator.Tests;

/// <summary>One call and what may and may not be reported of it.</summary>
public sealed class ComparisonTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.CreateVersion7(), Queue = Guid.CreateVersion7(), Agent = Guid.CreateVersion7(), Other = Guid.CreateVersion7();
    private static readonly QueueItem Settings = new(Queue, Tenant, "Sales", 20, 3, 5, null, null, MaxLength: new LengthRule(1), Strategy: "RingAll");

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

    [Fact]
    public void A_phone_that_rings_no_more_because_another_was_answered_has_missed_nothing()
    {
        var seen = Seen();
        seen.Offered(new OfferRecord(Other, "eero", Rang(8, 10.01)));
        var other = Leg("Agent", Other, 8, 10, "AnsweredElsewhere", new() { ["ring"] = 2000 });
        Compare(seen, With(other)).ShouldBeEmpty();
        Compare(seen, With(other with { Outcome = "CallerGone" })).ShouldHaveSingleItem().Figure.ShouldBe("end");
        Compare(seen, With(other with { Outcome = "NoAnswer" })).ShouldHaveSingleItem().Figure.ShouldBe("end");
        Facts(seen).Offers.Single(o => o.Record.Agent == Other).Missed.ShouldBe(Bounds.Zero);
    }

    [Fact]
    public void Of_two_phones_that_were_answered_the_first_one_has_the_caller()
    {
        var seen = Seen();
        seen.Offered(new OfferRecord(Other, "eero", Wire(Start.AddSeconds(8), 2.02, 2.1, byUs: false)));
        var other = Leg("Agent", Other, 8, 10.1, "AnsweredElsewhere", new() { ["ring"] = 2100 });
        Compare(seen, With(other)).ShouldBeEmpty();
        Compare(seen, With(other with { Outcome = "Ended" })).ShouldHaveSingleItem().Figure.ShouldBe("end");

        var wrong = Seen();
        wrong.Offered(new OfferRecord(Other, "eero", Wire(Start.AddSeconds(8), 1.5, 2.1, byUs: false)));
        Compare(wrong, With(other)).ShouldHaveSingleItem().Figure.ShouldBe("phone that was answered first and has the caller");
    }

    [Fact]
    public void Who_found_the_queue_full_was_turned_away_and_nobody_else()
    {
        var full = TurnedAway(Start);
        var reported = new ContactDetail(
            Guid.CreateVersion7(), Tenant, full.Caller, full.Number, Start, Start.AddSeconds(5.125), Queue, null, "QueueFull",
            [Leg("Caller", null, 0, 5.125, "Ended", new() { ["alerting"] = 1000, ["ivr"] = 4100, ["queue"] = 25 })]);
        Compare(full, reported).ShouldBeEmpty();
        Compare(full, reported with { Termination = "CallerAbandoned" }).ShouldHaveSingleItem().Figure.ShouldBe("termination");
        Compare(Seen(), Reported() with { Termination = "QueueFull" }).ShouldHaveSingleItem().Figure.ShouldBe("termination");
    }

    [Fact]
    public void Nobody_is_turned_away_while_a_place_is_free_and_nobody_gets_one_that_is_taken()
    {
        ComparePlaces(Seen(), TurnedAway(Start.AddSeconds(3))).ShouldBeEmpty();
        ComparePlaces(Seen(), TurnedAway(Start.AddSeconds(8))).ShouldHaveSingleItem().Figure.ShouldBe("places taken when it was turned away");
        // The first one has a place from 5 s, or a little later, until 10 s.
        ComparePlaces(Seen(), Seen("+358401000001", TimeSpan.FromSeconds(2))).ShouldHaveSingleItem().Figure.ShouldBe("places free when it got one");
        ComparePlaces(Seen(), Seen("+358401000001", TimeSpan.FromSeconds(6))).ShouldBeEmpty();
    }

    private static IReadOnlyList<Difference> Compare(ContactDetail reported, params Outage[] outages) => Compare(Seen(), reported, outages);

    private static IReadOnlyList<Difference> Compare(CallRecord seen, ContactDetail reported, params Outage[] outages)
    {
        var findings = new Findings();
        ContactComparison.Compare(Facts(seen, outages), reported, findings);
        return findings.Differences;
    }

    private static IReadOnlyList<Difference> ComparePlaces(params CallRecord[] seen)
    {
        var findings = new Findings();
        Places.Compare(Settings, [.. seen.Select(call => Facts(call))], toleranceMs: 100, findings);
        return findings.Differences;
    }

    private static CallFacts Facts(CallRecord seen, params Outage[] outages) => new(seen, new Dictionary<Guid, QueueItem> { [Queue] = Settings }, outages, toleranceMs: 100);

    // 1 s until the answer, key at 5 s, rings at 8 s, answered at 10 s, the caller hangs up at 20 s.
    private static CallRecord Seen(string caller = "+358401000000", TimeSpan later = default)
    {
        var start = Start + later;
        var call = new CallRecord(caller, "+358800100200", Tenant, Wire(start, 1, 20, byUs: true)) { Queue = Queue, KeyAt = start.AddSeconds(5) };
        call.HearsVoice(start.AddSeconds(10.04));
        call.Offered(new OfferRecord(Agent, "aino", Wire(start.AddSeconds(8), 2, 12, byUs: false)) { VoiceHeardAt = start.AddSeconds(10.04) });
        return call;
    }

    // 1 s until the answer, key at 5 s, the system hangs up at 5.125 s.
    private static CallRecord TurnedAway(DateTimeOffset start) =>
        new("+358401000002", "+358800100200", Tenant, Wire(start, 1, 5.125, byUs: false)) { Queue = Queue, KeyAt = start.AddSeconds(5) };

    // A phone rings from one second to the other, then the system takes it back.
    private static CallWire Rang(double from, double to)
    {
        var wire = new CallWire { InvitedAt = Start.AddSeconds(from) };
        wire.End(Start.AddSeconds(to), byUs: false, 0);
        return wire;
    }

    private static CallWire Wire(DateTimeOffset invited, double answered, double ended, bool byUs)
    {
        var wire = new CallWire { InvitedAt = invited };
        wire.Answer(invited.AddSeconds(answered));
        wire.End(invited.AddSeconds(ended), byUs, 0);
        return wire;
    }

    private static ContactDetail With(LegItem leg)
    {
        var reported = Reported();
        return reported with { Legs = [.. reported.Legs, leg] };
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

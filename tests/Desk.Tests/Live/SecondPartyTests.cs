using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Desk.Live;
using CallCenter.Desk.Push;

namespace CallCenter.Desk.Tests.Live;

/// <summary>What a pop knows of a second party: from its ringing to its end.</summary>
public sealed class SecondPartyTests
{
    private static readonly Guid Anna = Guid.CreateVersion7(), Bert = Guid.CreateVersion7(), Queue = Guid.CreateVersion7();
    private static readonly Guid First = Guid.CreateVersion7(), Second = Guid.CreateVersion7();
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private readonly LiveContact contact = new(Guid.CreateVersion7(), Guid.CreateVersion7());
    private int told;

    public SecondPartyTests() => Tell(new ContactOffered(Queue, Anna, Start, "why") { Leg = First }, new AgentAnswered(Anna) { Leg = First });

    [Fact]
    public void A_colleague_rings_consults_confers_and_has_the_caller()
    {
        Tell(new ContactOffered(Queue, Bert, Start, "Consult", Anna) { Leg = Second });
        contact.Second.ShouldBe(new LiveSecond(Second, Anna, Bert, null, "ringing"));
        contact.Leg(Second)!.AskedBy.ShouldBe(Anna);
        Tell(new ConsultStarted(Anna, Second) { Leg = First }, new ConsultStarted(Bert, First) { Leg = Second });
        contact.Second!.State.ShouldBe("consulting");
        (contact.Leg(First)!.State, contact.Leg(Second)!.State).ShouldBe((PopState.Consulting, PopState.Consulting));
        Tell(new ConsultEnded(Anna) { Leg = First });
        contact.Second!.State.ShouldBe("waiting");
        (contact.Leg(First)!.State, contact.Leg(Second)!.State).ShouldBe((PopState.Talking, PopState.Consulting));
        Tell(new ConsultStarted(Anna, Second) { Leg = First });
        contact.Second!.State.ShouldBe("consulting");
        Tell(new ConferenceStarted(Anna, Second) { Leg = First }, new AgentAnswered(Bert) { Leg = Second });
        contact.Second!.State.ShouldBe("conference");
        (contact.Leg(First)!.State, contact.Leg(Second)!.State).ShouldBe((PopState.Talking, PopState.Talking));
        Tell(new LegEnded(LegRole.Agent, Anna, LegEnd.Transferred) { Leg = First });
        contact.Second.ShouldBeNull();
    }

    [Fact]
    public void A_colleague_who_refuses_or_leaves_is_not_there_any_more()
    {
        Tell(new ContactOffered(Queue, Bert, Start, "Consult", Anna) { Leg = Second }, new OfferEnded(Queue, Bert, OfferOutcome.Rejected) { Leg = Second });
        contact.Second.ShouldBeNull();
        contact.Lost!.Why.ShouldBe("Rejected");
        var again = Guid.CreateVersion7();
        Tell(new ContactOffered(Queue, Bert, Start, "Consult", Anna) { Leg = again }, new ConsultStarted(Anna, again) { Leg = First });
        contact.Lost.ShouldBeNull();
        Tell(new LegEnded(LegRole.Agent, Bert, LegEnd.PartyHungUp) { Leg = again }, new ConsultEnded(Anna) { Leg = First });
        contact.Second.ShouldBeNull();
        contact.Lost.ShouldBe(new LostSecond(new LiveSecond(again, Anna, Bert, null, "consulting"), "Left"));
        contact.Leg(First)!.State.ShouldBe(PopState.Talking);
    }

    [Fact]
    public void A_number_outside_is_told_by_its_digits()
    {
        Tell(new NumberDialled("+358912", "trunk") { Leg = Second });
        contact.Second!.Number.ShouldBe("+358912");
        Tell(new ConsultStarted(Anna, Second) { Leg = First });
        contact.Second.ShouldBe(new LiveSecond(Second, Anna, null, "+358912", "consulting"));
        Tell(new NumberRefused("+358912", LegRefusal.Busy, 486) { Leg = Second });
        contact.Second.ShouldBeNull();
        contact.Lost!.Why.ShouldBe("Busy");
    }

    [Fact]
    public void A_colleague_who_refuses_is_told_that_the_offer_is_over()
    {
        Tell(new ContactOffered(Queue, Bert, Start, "Consult", Anna) { Leg = Second });
        var changed = contact.Apply(new OfferEnded(Queue, Bert, OfferOutcome.Rejected) { Leg = Second, OccurredAt = Start.AddMinutes(1), Sequence = 100 });
        changed.Select(leg => (leg.Agent, leg.State)).ShouldBe([(Anna, PopState.Talking), (Bert, PopState.Over)], ignoreOrder: true);
    }

    [Fact]
    public void What_the_agent_wanted_so_is_no_loss()
    {
        Tell(new ContactOffered(Queue, Bert, Start, "Consult", Anna) { Leg = Second }, new OfferEnded(Queue, Bert, OfferOutcome.CallerGone) { Leg = Second });
        (contact.Second, contact.Lost).ShouldBe((null, null));
        var again = Guid.CreateVersion7();
        Tell(new ContactOffered(Queue, Bert, Start, "Consult", Anna) { Leg = again }, new ConsultStarted(Anna, again) { Leg = First });
        Tell(new LegEnded(LegRole.Agent, Bert, LegEnd.Ended) { Leg = again });
        (contact.Second, contact.Lost).ShouldBe((null, null));
    }

    [Fact]
    public void An_agent_whose_caller_a_supervisor_took_is_told_so()
    {
        Tell(new MonitorStarted(Bert, Anna, MonitorMode.Barge) { Leg = Second });
        contact.Leg(First)!.IsTakenOver.ShouldBeFalse();
        Tell(new MonitorStarted(Bert, Anna, MonitorMode.TakeOver) { Leg = Second });
        contact.Leg(First)!.IsTakenOver.ShouldBeTrue();
    }

    [Fact]
    public void A_paused_recording_is_told_until_it_is_resumed_whatever_comes_late()
    {
        var recording = Guid.CreateVersion7();
        Tell(new RecordingPaused(recording) { Leg = First });
        contact.IsRecordingPaused.ShouldBeTrue();
        var late = new RecordingPaused(recording) { Leg = First, OccurredAt = Start };
        Tell(new RecordingResumed(recording) { Leg = First });
        contact.Apply(late);
        contact.IsRecordingPaused.ShouldBeFalse();
    }

    private void Tell(params ContactEvent[] events)
    {
        foreach (var e in events)
        {
            contact.Apply(e with { OccurredAt = Start.AddSeconds(++told), Sequence = told });
        }
    }
}

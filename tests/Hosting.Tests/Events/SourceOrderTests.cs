using CallCenter.Contracts.Ivr;

namespace CallCenter.Hosting.Tests.Events;

public sealed class SourceOrderTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static Arrival Event(long sequence) => new(new MenuChosen("main", "1") { Sequence = sequence });

    [Fact]
    public void Events_in_turn_are_ready_at_once()
    {
        var order = new SourceOrder(0);
        order.Place(Event(1), Start).ShouldBe(Placement.Ready);
        order.Place(Event(2), Start).ShouldBe(Placement.Ready);
        order.Position.ShouldBe(2);
        order.LookAtGap(Start + TimeSpan.FromDays(1)).ShouldBeNull();
    }

    [Fact]
    public void What_was_applied_is_a_repetition()
    {
        var order = new SourceOrder(3);
        order.Place(Event(3), Start).ShouldBe(Placement.Repeated);
        order.Place(Event(5), Start).ShouldBe(Placement.Held);
        order.Place(Event(5), Start).ShouldBe(Placement.AlreadyHeld);
    }

    [Fact]
    public void A_late_event_frees_those_that_waited_for_it()
    {
        var order = new SourceOrder(0);
        order.Place(Event(3), Start).ShouldBe(Placement.Held);
        order.Place(Event(2), Start).ShouldBe(Placement.Held);
        order.Place(Event(5), Start).ShouldBe(Placement.Held);
        order.Place(Event(1), Start).ShouldBe(Placement.Ready);
        order.Freed(Start).Select(a => a.Event.Sequence).ShouldBe([2, 3]);
        order.Held.ShouldBe(1);
    }

    [Fact]
    public void A_gap_is_asked_for_after_5_s_and_passed_after_5_more()
    {
        var order = new SourceOrder(1);
        order.Place(Event(4), Start);
        order.LookAtGap(Start + TimeSpan.FromSeconds(4.9)).ShouldBeNull();
        order.LookAtGap(Start + TimeSpan.FromSeconds(5)).ShouldBe(new Gap(2, 3, Lost: false));
        order.LookAtGap(Start + TimeSpan.FromSeconds(9.9)).ShouldBeNull();
        order.LookAtGap(Start + TimeSpan.FromSeconds(10)).ShouldBe(new Gap(2, 3, Lost: true));
        order.Freed(Start).ShouldHaveSingleItem().Event.Sequence.ShouldBe(4);
        order.Place(Event(2), Start).ShouldBe(Placement.Repeated);
    }

    [Fact]
    public void A_second_gap_has_its_own_time()
    {
        var order = new SourceOrder(0);
        order.Place(Event(2), Start);
        order.Place(Event(4), Start);
        var later = Start + TimeSpan.FromSeconds(4);
        order.Place(Event(1), later);
        order.Freed(later).ShouldHaveSingleItem();
        order.LookAtGap(Start + TimeSpan.FromSeconds(5)).ShouldBeNull();
        order.LookAtGap(later + TimeSpan.FromSeconds(5)).ShouldBe(new Gap(3, 3, Lost: false));
    }
}

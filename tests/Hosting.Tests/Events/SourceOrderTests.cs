using CallCenter.Contracts.Ivr;

namespace CallCenter.Hosting.Tests.Events;

public sealed class SourceOrderTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static MenuChosen Event(long sequence) => new("main", "1") { Sequence = sequence };

    [Fact]
    public void Events_in_turn_are_ready_at_once()
    {
        var order = new SourceOrder(0);
        order.Place(Event(1), Start).ShouldBe(Placement.Ready);
        order.Place(Event(2), Start).ShouldBe(Placement.Ready);
        order.Position.ShouldBe(2);
        order.LookAtGap(Start + TimeSpan.FromDays(1), false).ShouldBeNull();
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
        order.Freed(Start).Select(e => e.Sequence).ShouldBe([2, 3]);
        order.Held.ShouldBe(1);
    }

    [Fact]
    public void A_gap_is_asked_for_after_5_s_and_passed_after_5_more()
    {
        var order = new SourceOrder(1);
        order.Place(Event(4), Start);
        order.LookAtGap(Start + TimeSpan.FromSeconds(4.9), false).ShouldBeNull();
        order.LookAtGap(Start + TimeSpan.FromSeconds(5), false).ShouldBe(new Gap(2, 3, Lost: false));
        order.LookAtGap(Start + TimeSpan.FromSeconds(9.9), false).ShouldBeNull();
        order.LookAtGap(Start + TimeSpan.FromSeconds(10), false).ShouldBe(new Gap(2, 3, Lost: true));
        order.Freed(Start).ShouldHaveSingleItem().Sequence.ShouldBe(4);
        order.Place(Event(2), Start).ShouldBe(Placement.Repeated);
    }

    [Fact]
    public void Nothing_is_given_up_while_arrivals_queue()
    {
        var order = new SourceOrder(0);
        order.Place(Event(2), Start);
        order.LookAtGap(Start + TimeSpan.FromSeconds(5), true).ShouldBe(new Gap(1, 1, Lost: false));
        order.LookAtGap(Start + TimeSpan.FromSeconds(10), true).ShouldBeNull();
        order.LookAtGap(Start + TimeSpan.FromSeconds(11), false).ShouldBeNull();
        order.LookAtGap(Start + TimeSpan.FromSeconds(15), false).ShouldBe(new Gap(1, 1, Lost: true));
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
        order.LookAtGap(Start + TimeSpan.FromSeconds(5), false).ShouldBeNull();
        order.LookAtGap(later + TimeSpan.FromSeconds(5), false).ShouldBe(new Gap(3, 3, Lost: false));
    }
}

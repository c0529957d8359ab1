using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>Keys that the caller presses before anybody asks for them.</summary>
public sealed class TypeAheadTests
{
    private readonly TableDriver call = new();

    public TypeAheadTests() => call.Answered();

    private CommandResult Collect(int most, bool clear = false) => call.Order(new Collect([TableDriver.Clip], most, "#", 5000, 2000) { Clear = clear });

    [Fact]
    public void Keys_pressed_while_a_prompt_plays_answer_the_menus_that_follow()
    {
        call.Order(new Play([TableDriver.Clip], Loop: false));
        call.Digits("21");
        Collect(1);
        call.Events[^1].ShouldBeOfType<DigitsCollected>().ShouldSatisfyAllConditions(e => e.Digits.ShouldBe("2"), e => e.Outcome.ShouldBe(CollectOutcome.Complete));
        var playing = call.Actions.OfType<StartPlaying>().Count();
        Collect(1);
        call.Events[^1].ShouldBeOfType<DigitsCollected>().Digits.ShouldBe("1");
        call.Actions.OfType<StartPlaying>().Count().ShouldBe(playing, "the prompt of a menu that is answered already is not played");
        Collect(1);
        call.Last<StartPlaying>().Clips.ShouldHaveSingleItem();
    }

    [Fact]
    public void What_is_typed_before_begins_a_longer_number()
    {
        call.Digits("40");
        Collect(4);
        call.State.Activity.ShouldBeOfType<Collecting>().ShouldSatisfyAllConditions(c => c.Digits.ShouldBe("40"), c => c.Prompting.ShouldBeFalse());
        call.Digits("7#");
        call.Events[^1].ShouldBeOfType<DigitsCollected>().Digits.ShouldBe("407");
    }

    [Fact]
    public void A_step_can_ask_for_fresh_keys()
    {
        call.Digits("2");
        Collect(1, clear: true);
        call.State.Activity.ShouldBeOfType<Collecting>().Prompting.ShouldBeTrue();
        call.State.TypedAhead.ShouldBeEmpty();
    }

    [Fact]
    public void Keys_of_a_conversation_are_not_for_the_menu_after_it()
    {
        call.Digits("1");
        var leg = call.OfferAndAccept();
        call.Order(new TakeControl(ControlHolder.Routing));
        call.Order(new ConnectAgent(leg, null));
        call.Digits("2");
        call.Input(new LegGone(leg, LegEnd.PartyHungUp));
        call.State.TypedAhead.ShouldBeEmpty();
        call.Order(new TakeControl(ControlHolder.Ivr));
        Collect(1);
        call.State.Activity.ShouldBeOfType<Collecting>();
    }

    [Fact]
    public void A_prompt_that_may_be_interrupted_ends_with_a_key_that_counts_for_what_follows()
    {
        call.Order(new Play([TableDriver.Clip], Loop: false) { Interruptible = true });
        call.Advance(TimeSpan.FromMilliseconds(300));
        call.Digits("3");
        call.Events[^1].ShouldBeOfType<PlayFinished>().ShouldSatisfyAllConditions(e => e.Outcome.ShouldBe(PlayOutcome.Interrupted), e => e.PlayedMs.ShouldBe(300));
        call.Order(new Play([TableDriver.Clip], Loop: false) { Interruptible = true });
        call.Events[^1].ShouldBeOfType<PlayFinished>().PlayedMs.ShouldBe(0);
        Collect(1);
        call.Events[^1].ShouldBeOfType<DigitsCollected>().Digits.ShouldBe("3");
    }

    [Fact]
    public void No_more_is_kept_than_a_collection_can_be_long()
    {
        call.Digits(new string('5', 200));
        call.State.TypedAhead.Length.ShouldBe(CommandTable.DigitsMax);
    }
}

using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Cards;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>A card's digits through the table: counted, kept away, ended once.</summary>
public sealed class CardTableTests
{
    private readonly TableDriver call = new();
    private readonly Guid leg, recording;

    public CardTableTests() => leg = call.Talking(out recording);

    private Guid Begin(params CardField[] fields)
    {
        var collection = Guid.NewGuid();
        call.Order(new CollectCard(leg, collection, fields, "Order 17")).Outcome.ShouldBe(CommandOutcome.Done);
        return collection;
    }

    [Fact]
    public void Fields_are_typed_one_after_the_other_and_sent_once()
    {
        var before = call.EventTypes.Length;
        var collection = Begin(CardField.Number, CardField.Expiry, CardField.SecurityCode);
        call.Last<ClampTones>().Clamped.ShouldBeTrue();
        call.Last<MuteRecording>().ShouldBe(new MuteRecording(recording, true));
        call.Digits("4000056655665556#1229123#");
        call.Actions.OfType<KeepCardDigit>().GroupBy(k => k.Field).Select(g => (g.Key, g.Count())).ShouldBe([(CardField.Number, 16), (CardField.Expiry, 4), (CardField.SecurityCode, 3)]);
        call.Actions.OfType<SendCard>().ShouldHaveSingleItem().Order.Collection.ShouldBe(collection);
        call.Digits("9");
        call.Order(new CancelCard(leg)).Detail!.ShouldContain("wait for its answer");
        call.Input(new CardAnswered(Guid.NewGuid(), CardOutcome.Declined, null));
        call.Input(new CardAnswered(collection, CardOutcome.Accepted, "R-1"));
        call.Input(new CardAnswered(collection, CardOutcome.Accepted, "R-1"));
        call.Last<ClampTones>().Clamped.ShouldBeFalse();
        call.Last<MuteRecording>().ShouldBe(new MuteRecording(recording, false));
        var told = call.EventTypesAfter(before);
        told[..2].ShouldBe(["RecordingPaused", "CardCollectionStarted"]);
        told[^2..].ShouldBe(["RecordingResumed", "CardCollectionEnded"]);
        call.Events.OfType<CardCollectionEnded>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Outcome.ShouldBe(CardOutcome.Accepted), e => e.Reference.ShouldBe("R-1"));
        call.Events.OfType<CardDigitsEntered>().Last().ShouldSatisfyAllConditions(e => e.Sent.ShouldBeTrue(), e => e.Count.ShouldBe(3));
    }

    [Fact]
    public void No_event_action_or_state_prints_a_digit()
    {
        Begin(CardField.Number);
        call.Digits("7");
        foreach (var text in (string[])[string.Join(" ", call.Actions.OfType<KeepCardDigit>()), new DigitPressed('7', DigitWay.InBand).ToString(), call.State.Card!.ToString()])
        {
            text.Replace(call.State.Card.Order.ToString(), "", StringComparison.Ordinal).ShouldNotContain("7");
        }
        call.State.TypedAhead.ShouldBeEmpty();
    }

    [Fact]
    public void A_star_begins_the_field_anew_and_so_does_a_hash_that_comes_too_early()
    {
        Begin(CardField.Number, CardField.Expiry);
        call.Digits("400*40#");
        call.State.Card!.Count.ShouldBe(0);
        call.Actions.OfType<ForgetCard>().Count().ShouldBe(2);
        call.Digits("400005665566");
        call.State.Card.Typing.ShouldBe(CardField.Number);
        call.Fire(TimerKind.CardPause);
        call.State.Card.Typing.ShouldBe(CardField.Expiry);
        call.Digits("12");
        call.Fire(TimerKind.CardPause);
        call.State.Card.Typing.ShouldBe(CardField.Expiry);
    }

    [Fact]
    public void A_recording_that_the_agent_had_paused_stays_so()
    {
        call.Order(new PauseRecording(leg));
        Begin(CardField.Expiry);
        call.Order(new ResumeRecording(leg)).Detail!.ShouldContain("goes on by itself");
        call.Order(new CancelCard(leg)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Events.ShouldNotContain(e => e is RecordingResumed);
        call.Last<MuteRecording>().Muted.ShouldBeTrue();
        call.Order(new ResumeRecording(leg)).Outcome.ShouldBe(CommandOutcome.Done);
    }

    [Theory]
    [InlineData("timer", CardOutcome.TimedOut)]
    [InlineData("caller", CardOutcome.Cancelled)]
    [InlineData("agent", CardOutcome.Cancelled)]
    public void It_ends_with_either_party_and_when_nothing_comes(string what, CardOutcome outcome)
    {
        Begin(CardField.Number);
        call.Digits("4000");
        switch (what)
        {
            case "timer":
                call.Fire(TimerKind.Card);
                break;
            case "caller":
                call.Input(new CallerHungUp());
                break;
            default:
                call.Input(new LegGone(leg, LegEnd.PartyHungUp));
                break;
        }
        call.Events.OfType<CardCollectionEnded>().ShouldHaveSingleItem().Outcome.ShouldBe(outcome);
        call.Actions.OfType<ForgetCard>().Last().Field.ShouldBeNull();
        call.Last<ClampTones>().Clamped.ShouldBeFalse();
        call.Actions.ShouldNotContain(action => action is SendCard);
    }

    [Fact]
    public void What_cannot_be_is_refused_with_what_to_do()
    {
        string Why(CallCommand order)
        {
            var result = call.Order(order);
            result.Outcome.ShouldBe(CommandOutcome.Refused);
            return result.Detail!;
        }
        Why(new CancelCard(leg)).ShouldContain("collects no card");
        Why(new CollectCard(leg, Guid.NewGuid(), [], null)).ShouldContain("name the fields");
        Why(new CollectCard(leg, Guid.NewGuid(), [CardField.Number, CardField.Number], null)).ShouldContain("at most once");
        Why(new CollectCard(leg, Guid.NewGuid(), [CardField.Number], "4000 0566-5566 5556")).ShouldContain("looks like a card's number");
        Begin(CardField.Number);
        Why(new CollectCard(leg, Guid.NewGuid(), [CardField.Number], null)).ShouldContain("already");
    }

    [Theory]
    [InlineData("4000056655665556", true)]
    [InlineData("4000056655665557", false)]
    [InlineData("378282246310005", true)]
    [InlineData("", true)]
    public void The_check_digit_of_a_number_is_looked_at(string number, bool isRight)
    {
        var digits = new CardDigits();
        foreach (var digit in number)
        {
            digits.Add(CardField.Number, digit);
        }
        digits.HasRightCheckDigit().ShouldBe(isRight);
        digits.Forget(null);
        digits.Of(CardField.Number).Length.ShouldBe(0);
    }

    [Fact]
    public void Speech_is_told_before_the_call_is_closed()
    {
        call.Speech = new SpeechMeasured(9000, 4000, 4500, 500, 1000, 700, call.Now, 1000, "cobcobcob");
        call.Input(new CallerHungUp());
        call.Input(new RecordingStopped(recording, 1, 500));
        call.EventTypes[^3..].ShouldBe(["SpeechMeasured", "RecordingEnded", "CallClosed"]);
    }

    [Fact]
    public void Who_answered_is_listened_for_and_told_of_the_leg()
    {
        call.Order(new DetectAnswer(leg, 30_000)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Last<ListenForAnswer>().ShouldBe(new ListenForAnswer(leg, TimeSpan.FromSeconds(30)));
        call.Input(new AnswerHeard(leg, AnswerKind.Machine, 2500, 0.9, null));
        call.Events[^1].ShouldBeOfType<AnswerDetected>().Leg.ShouldBe(leg);
        call.Order(new DetectAnswer(leg, 10)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Order(new DetectAnswer(Guid.NewGuid(), 5000)).Outcome.ShouldBe(CommandOutcome.NoSuchLeg);
        call.Order(new DetectAnswer(call.State.CallerLeg, 5000)).Outcome.ShouldBe(CommandOutcome.Done);
    }
}

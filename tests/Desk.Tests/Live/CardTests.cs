using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Desk.Live;

namespace CallCenter.Desk.Tests.Live;

/// <summary>What a pop knows of a card that the caller types: how far, never what.</summary>
public sealed class CardTests
{
    private static readonly Guid Anna = Guid.CreateVersion7(), Collection = Guid.CreateVersion7(), Leg = Guid.CreateVersion7();
    private readonly LiveContact contact = new(Guid.CreateVersion7(), Guid.CreateVersion7());
    private int told;

    public CardTests() => contact.Apply(Stamped(new ContactOffered(Guid.CreateVersion7(), Anna, default, "why")));

    private ContactEvent Stamped(ContactEvent e) => e with { Leg = Leg, Sequence = ++told, OccurredAt = DateTimeOffset.UnixEpoch.AddSeconds(told) };

    [Fact]
    public void It_is_followed_from_the_first_digit_to_the_payment_services_word()
    {
        contact.Apply(Stamped(new CardCollectionStarted(Collection, Anna, [CardField.Number, CardField.Expiry]))).ShouldHaveSingleItem();
        contact.Card.ShouldBe(new LiveCard(Collection, Anna, CardField.Number, 0, "typing", null, told));
        contact.Apply(Stamped(new CardDigitsEntered(Collection, CardField.Number, 7, Sent: false)));
        contact.Card!.Count.ShouldBe(7);
        contact.Apply(Stamped(new CardDigitsEntered(Collection, CardField.Expiry, 4, Sent: true)));
        (contact.Card.State, contact.Card.Field).ShouldBe(("sent", CardField.Expiry));
        contact.Apply(Stamped(new CardCollectionEnded(Collection, CardOutcome.TimedOut, null)));
        contact.Card.State.ShouldBe("timedOut");
    }

    [Fact]
    public void What_comes_late_or_is_of_another_collection_changes_nothing()
    {
        var first = Stamped(new CardDigitsEntered(Collection, CardField.Number, 1, Sent: false));
        contact.Apply(Stamped(new CardCollectionStarted(Collection, Anna, [CardField.Number])));
        contact.Apply(Stamped(new CardDigitsEntered(Collection, CardField.Number, 2, Sent: false)));
        contact.Apply(first).ShouldBeEmpty();
        contact.Apply(Stamped(new CardCollectionEnded(Guid.CreateVersion7(), CardOutcome.Cancelled, null))).ShouldBeEmpty();
        (contact.Card!.Count, contact.Card.State).ShouldBe((2, "typing"));
    }
}

using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Cards;

/// <summary>The one place where a card's digits are, from the key press to the payment service; wiped when they are not needed. On the call's mailbox.</summary>
internal sealed class CardDigits
{
    private readonly char[][] digits = [.. Enum.GetValues<CardField>().Select(field => new char[CardTable.LengthOf(field).Max])];
    private readonly int[] counts = new int[Enum.GetValues<CardField>().Length];

    public void Add(CardField field, char digit)
    {
        if (counts[(int)field] < digits[(int)field].Length)
        {
            digits[(int)field][counts[(int)field]++] = digit;
        }
    }

    public ReadOnlySpan<char> Of(CardField field) => digits[(int)field].AsSpan(0, counts[(int)field]);

    /// <summary>Of one field, or of all.</summary>
    public void Forget(CardField? field)
    {
        foreach (var each in field is { } one ? [one] : Enum.GetValues<CardField>())
        {
            Array.Clear(digits[(int)each]);
            counts[(int)each] = 0;
        }
    }

    /// <summary>The number's last digit fits the others (ISO/IEC 7812-1 annex B, Luhn's formula); true where no number was asked for.</summary>
    public bool HasRightCheckDigit()
    {
        var number = Of(CardField.Number);
        var sum = 0;
        for (var place = 0; place < number.Length; place++)
        {
            var digit = number[^(place + 1)] - '0';
            sum += place % 2 == 0 ? digit : (2 * digit / 10) + (2 * digit % 10);
        }
        return sum % 10 == 0;
    }
}

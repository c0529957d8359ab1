using System.Text;

namespace CallCenter.Crm.Customers;

/// <summary>A customer as it is stored.</summary>
/// <param name="Name">Empty until somebody gives one.</param>
/// <param name="Numbers">In E.164, in the order in which they were given.</param>
/// <param name="Version">Raised by each change.</param>
internal sealed record CustomerRow(Guid Tenant, Guid Id, string Name, string Notes, IReadOnlyList<string> Numbers, int Version, DateTimeOffset UpdatedAt)
{
    /// <summary>Those without a name come last in lists: no name begins with the last code point there is.</summary>
    private const string Nameless = "\U0010FFFF";

    /// <summary>What the list is sorted by and searched in.</summary>
    public string Search => string.Join('\n', [Name.Length == 0 ? Nameless : Small(Name), .. Numbers]);

    /// <summary>Where the customer is in lists.</summary>
    public CustomerCursor Place => new(Search, Id);

    /// <summary>Whether a person would see the same card.</summary>
    public bool SaysTheSame(CustomerRow other) => Name == other.Name && Notes == other.Notes && Numbers.SequenceEqual(other.Numbers);

    /// <summary>A text as it is searched: one form of each letter (NFC), in small letters.</summary>
    public static string Small(string text) => text.Normalize(NormalizationForm.FormC).ToLowerInvariant();
}

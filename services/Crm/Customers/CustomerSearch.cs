using Npgsql;

namespace CallCenter.Crm.Customers;

/// <summary>
/// What is looked for in names and numbers: any part of them. A text that looks like a number is looked for by its digits too,
/// without the zeros that lead it in national and international forms.
/// </summary>
internal sealed record CustomerSearch(string? Text, string? Digits)
{
    public const int LongestText = 100;

    public static readonly CustomerSearch Everybody = new(null, null);

    /// <summary>From a text as a person types it.</summary>
    public static CustomerSearch For(string text)
    {
        var small = CustomerRow.Small(text.Trim());
        var digits = small.All(c => char.IsAsciiDigit(c) || "+-()./ ".Contains(c, StringComparison.Ordinal))
            ? string.Concat(small.Where(char.IsAsciiDigit)).TrimStart('0') : "";
        return small.Length == 0 ? Everybody : new(small, digits.Length == 0 ? null : digits);
    }

    /// <summary>
    /// The first customers after the cursor, by name, those without a name last. Each tenant's are looked through in the order of
    /// its index and in the index alone, as far as needed; then merged.
    /// </summary>
    /// <remarks>
    /// An index of trigrams would not be used: LIKE is not leakproof, so under row-level security it is never an index condition.
    /// </remarks>
    public Task<List<CustomerRow>> Page(NpgsqlTransaction t, IReadOnlyCollection<Guid> tenants, CustomerCursor after, int limit, CancellationToken ct) => CustomerRows.Query(
        t,
        """
        (SELECT f.search, f.id FROM unnest($1) AS o(tenant) CROSS JOIN LATERAL (
           SELECT s.search, s.id FROM customers s
           WHERE s.tenant = o.tenant AND (s.search, s.id) > ($2, $3) AND ($4::text IS NULL OR s.search LIKE $4 OR s.search LIKE $5)
           ORDER BY s.search, s.id LIMIT $6) f
         ORDER BY f.search, f.id LIMIT $6) p
        JOIN customers c ON c.id = p.id ORDER BY p.search, p.id
        """,
        ct, tenants.ToArray(), after.Search, after.Id, Text is null ? null : $"%{Literal(Text)}%", Digits is null ? null : $"%\n%{Digits}%", limit);

    private static string Literal(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
}

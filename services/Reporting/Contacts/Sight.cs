namespace CallCenter.Reporting.Contacts;

/// <summary>
/// What a reader may see: contacts of its tenants; an agent only those with a leg of its own. Both are in each WHERE, and the
/// tenants also in row-level security.
/// </summary>
internal sealed record Sight(IReadOnlyList<Guid> Tenants, Guid? OnlyOfAgent);

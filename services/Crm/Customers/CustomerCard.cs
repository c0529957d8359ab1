using CallCenter.Crm.Contacts;
using Npgsql;

namespace CallCenter.Crm.Customers;

/// <summary>A customer in a list.</summary>
/// <param name="Name">Empty until somebody gives one.</param>
/// <param name="Numbers">In E.164.</param>
internal sealed record CustomerItem(Guid Id, Guid Tenant, string Name, IReadOnlyList<string> Numbers, string Notes, DateTimeOffset UpdatedAt)
{
    public static CustomerItem Of(CustomerRow row) => new(row.Id, row.Tenant, row.Name, row.Numbers, row.Notes, row.UpdatedAt);
}

/// <summary>A page of customers and the cursor of the next; null on the last.</summary>
internal sealed record CustomerPage(IReadOnlyList<CustomerItem> Items, string? Next);

/// <summary>A customer's card: what is known of it, and its newest contacts of all channels.</summary>
/// <param name="Name">Empty until somebody gives one.</param>
/// <param name="Numbers">In E.164.</param>
/// <param name="Version">To be given with a change.</param>
internal sealed record CustomerCard(
    Guid Id, Guid Tenant, string Name, IReadOnlyList<string> Numbers, string Notes, DateTimeOffset UpdatedAt, int Version, IReadOnlyList<ContactItem> Contacts)
{
    private const int MostContacts = 50;

    /// <summary>Null when there is no such customer.</summary>
    public static async Task<CustomerCard?> Read(NpgsqlTransaction t, Guid id, CancellationToken ct) =>
        await CustomerRows.Find(t, id, ct) is { } row ? await Of(t, row, ct) : null;

    public static async Task<CustomerCard> Of(NpgsqlTransaction t, CustomerRow row, CancellationToken ct) => new(
        row.Id, row.Tenant, row.Name, row.Numbers, row.Notes, row.UpdatedAt, row.Version, await ContactRows.Of(t, row.Id, ContactCursor.Start, MostContacts, ct));
}

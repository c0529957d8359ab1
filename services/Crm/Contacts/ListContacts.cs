using CallCenter.Crm.Customers;
using CallCenter.Hosting;
using Microsoft.AspNetCore.Mvc;

namespace CallCenter.Crm.Contacts;

/// <summary>The query of a customer's contacts as it came in.</summary>
/// <param name="Cursor">`next` of the page before.</param>
/// <param name="Limit">1 to 200, default 50.</param>
internal sealed record ContactQuery([FromQuery(Name = "cursor")] string? Cursor, [FromQuery(Name = "limit")] int? Limit)
{
    private const int DefaultLimit = 50, MostLimit = 200;

    public int Size => Limit ?? DefaultLimit;

    /// <summary>Null when it is not one of ours.</summary>
    public ContactCursor? After => string.IsNullOrEmpty(Cursor) ? ContactCursor.Start : ContactCursor.Read(Cursor);

    public IReadOnlyList<string> Errors() => [.. new[]
    {
        After is null ? "'cursor' is not one of ours: give 'next' of the page before, or none for the first page." : null,
        Size is < 1 or > MostLimit ? $"'limit' must be from 1 to {MostLimit}." : null,
    }.OfType<string>()];
}

/// <summary>A page of a customer's contacts, the newest first, and the cursor of the next; null on the last.</summary>
internal sealed record ContactPage(IReadOnlyList<ContactItem> Items, string? Next);

/// <summary><c>GET /api/customers/{id}/contacts?cursor=&amp;limit=</c>: the customer's whole history.</summary>
internal static class ListContacts
{
    public static async Task<IResult> Handle(Guid id, ContactQuery query, Caller caller, CustomerStore store, CancellationToken ct)
    {
        if (query.Errors() is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        var found = await store.InSight(
            caller, async t => await CustomerRows.Find(t, id, ct) is null ? null : await ContactRows.Of(t, id, query.After!.Value, query.Size + 1, ct), ct);
        return found is null ? Problems.NotFound("customer") : Results.Ok(Page(found, query.Size));
    }

    private static ContactPage Page(List<ContactItem> found, int size) => new(
        found.Count > size ? found[..size] : found, found.Count > size ? new ContactCursor(found[size - 1].StartedAt, found[size - 1].Id).Text() : null);
}

using CallCenter.Crm.Contacts;
using CallCenter.Hosting;
using Npgsql;

namespace CallCenter.Crm.Customers;

/// <summary>A customer's card: what is known of it, and its newest contacts of all channels.</summary>
internal sealed record CustomerCard(
    Guid Id, Guid Tenant, string Name, IReadOnlyList<string> Numbers, string Notes, DateTimeOffset UpdatedAt, int Version, IReadOnlyList<ContactItem> Contacts)
{
    public const int MostContacts = 50;

    /// <summary>The card in the transaction's present state; null when there is no such customer.</summary>
    public static async Task<CustomerCard?> Read(NpgsqlTransaction t, Guid id, CancellationToken ct) =>
        await CustomerRows.Find(t, id, ct) is { } row
            ? new(row.Id, row.Tenant, row.Name, row.Numbers, row.Notes, row.UpdatedAt, row.Version, await ContactRows.Of(t, id, MostContacts, ct))
            : null;
}

/// <summary>/api/customers. What a caller may not see does not exist: 404.</summary>
internal static class CustomerApi
{
    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        var customers = app.MapGroup("/api/customers").WithTags("Customers").RequireRoles(CustomerSight.Readers);
        customers.MapGet("/{id:guid}", Find).Produces<CustomerCard>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("A customer's card");
        customers.MapGet("/of-contact/{contact:guid}", OfContact).Produces<CustomerCard>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The card of a contact's customer");
    }

    private static Task<IResult> Find(Guid id, Caller caller, CustomerStore store, CancellationToken ct) =>
        Card(store.InSight(caller, t => CustomerCard.Read(t, id, ct), ct));

    private static Task<IResult> OfContact(Guid contact, Caller caller, CustomerStore store, CancellationToken ct) => Card(store.InSight(
        caller, async t => await ContactRows.CustomerOf(t, contact, ct) is { } customer ? await CustomerCard.Read(t, customer, ct) : null, ct));

    private static async Task<IResult> Card(Task<CustomerCard?> read) => await read is { } card ? Results.Ok(card) : Problems.NotFound("customer");
}

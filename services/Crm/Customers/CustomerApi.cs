using CallCenter.Crm.Contacts;
using CallCenter.Hosting;

namespace CallCenter.Crm.Customers;

/// <summary>/api/customers. What a caller may not see does not exist: 404.</summary>
internal static class CustomerApi
{
    public static void MapCustomers(this IEndpointRouteBuilder app)
    {
        var customers = app.MapGroup("/api/customers").WithTags("Customers").RequireRoles(CustomerSight.Readers);
        customers.MapGet("", ([AsParameters] CustomerQuery query, HttpRequest request, Caller caller, ListCustomers list, CancellationToken ct) => list.Handle(query, request, caller, ct))
            .Produces<CustomerPage>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Customers by part of a name or number; for clients and supervisors also as a table");
        customers.MapGet("/{id:guid}", Find).Produces<CustomerCard>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("A customer's card");
        customers.MapGet("/{id:guid}/contacts", ([AsParameters] ContactQuery query, Guid id, Caller caller, CustomerStore store, CancellationToken ct) => ListContacts.Handle(id, query, caller, store, ct))
            .Produces<ContactPage>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("A customer's contacts, the newest first");
        customers.MapPut("/{id:guid}", (Guid id, CustomerBody body, Caller caller, PutCustomer put, CancellationToken ct) => put.Handle(id, body, caller, ct))
            .RequireRoles(CustomerSight.Writers).Produces<CustomerCard>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Changes a customer's card, or makes a customer");
        customers.MapGet("/of-contact/{contact:guid}", OfContact).Produces<CustomerCard>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The card of a contact's customer");
    }

    private static Task<IResult> Find(Guid id, Caller caller, CustomerStore store, CancellationToken ct) =>
        Card(store.InSight(caller, t => CustomerCard.Read(t, id, ct), ct));

    private static Task<IResult> OfContact(Guid contact, Caller caller, CustomerStore store, CancellationToken ct) => Card(store.InSight(
        caller, async t => await ContactRows.CustomerOf(t, contact, ct) is { } customer ? await CustomerCard.Read(t, customer, ct) : null, ct));

    private static async Task<IResult> Card(Task<CustomerCard?> read) => await read is { } card ? Results.Ok(card) : Problems.NotFound("customer");
}

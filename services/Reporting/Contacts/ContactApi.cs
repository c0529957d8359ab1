using CallCenter.Contracts;
using CallCenter.Hosting;

namespace CallCenter.Reporting.Contacts;

/// <summary>
/// GET /api/contacts and /api/contacts/{id}. What a caller may not see does not exist: 404.
/// </summary>
internal static class ContactApi
{
    public static void MapContacts(this IEndpointRouteBuilder app)
    {
        var contacts = app.MapGroup("/api/contacts").WithTags("Contacts")
            .RequireRoles(Role.Agent, Role.Supervisor, Role.Client, Role.Administrator);
        contacts.MapGet("", List).Produces<ContactPage>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Contacts that started in a time range, the newest first");
        contacts.MapGet("/{id:guid}", Find).Produces<ContactDetails>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("A contact with its legs and events");
    }

    private static async Task<IResult> List(
        [AsParameters] ContactQuery query, Caller caller, Sights sights, ContactQueries contacts, TimeProvider clock, CancellationToken ct)
    {
        var (filter, errors) = ContactFilter.Read(query, clock.Now());
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var sight = sights.Of(caller);
        if (filter.Tenant is { } tenant)
        {
            if (sight.Of(tenant) is not { } part)
            {
                return Problems.NotFound("tenant");
            }

            sight = part;
        }

        if (filter.Agent is { } agent && sight.OnlyOfAgent is { } self && agent != self)
        {
            return Problems.NotFound("agent");
        }

        return Results.Ok(sight.Tenants.Count == 0 ? new ContactPage([], null) : await contacts.Page(sight, filter, ct));
    }

    private static async Task<IResult> Find(Guid id, Caller caller, Sights sights, ContactQueries contacts, CancellationToken ct)
    {
        var sight = sights.Of(caller);
        var contact = sight.Tenants.Count == 0 ? null : await contacts.Find(sight, id, ct);
        return contact is null ? Problems.NotFound("contact") : Results.Ok(contact);
    }
}

using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Reporting.Ledger;
using CallCenter.Reporting.Reports;

namespace CallCenter.Reporting.Contacts;

/// <summary>
/// GET /api/contacts and /api/contacts/{id}. What a caller may not see does not exist: 404.
/// </summary>
internal static class ContactApi
{
    public static void MapContacts(this IEndpointRouteBuilder app)
    {
        var contacts = app.MapGroup("/api/contacts").WithTags("Contacts")
            .RequireRoles(Role.Agent, Role.Supervisor, Role.Client, Role.Administrator, Role.Service);
        contacts.MapGet("", List).Produces<ContactPage>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Contacts that started in a time range, the newest first");
        contacts.MapGet("/{id:guid}", Find).Produces<ContactDetails>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("A contact with its legs and events");
        app.MapGroup("/api/contacts").WithTags("Contacts").RequireRoles(Role.Administrator)
            .MapGet("/{id:guid}/sip", Sip).Produces<SipLadder>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The SIP messages of a contact in order, for an administrator; kept 30 days");
    }

    private static async Task<IResult> List(
        [AsParameters] ContactQuery query, Caller caller, Sights sights, ContactQueries contacts, TimeProvider clock, HttpRequest request, CancellationToken ct)
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

        try
        {
            return Csv.IsAsked(request, query.Format)
                ? ContactCsv.File(sight.Tenants.Count == 0 ? [] : await All(sight, filter, contacts, ct))
                : Results.Ok(sight.Tenants.Count == 0 ? new ContactPage([], null) : await contacts.Page(sight, filter, ct));
        }
        catch (TooMuchException e)
        {
            return Problems.Invalid(e.Message);
        }
    }

    private static async Task<IReadOnlyList<ContactItem>> All(Sight sight, ContactFilter filter, ContactQueries contacts, CancellationToken ct)
    {
        var page = await contacts.Page(sight, filter with { After = null, Limit = ContactFilter.MostRows }, ct);
        return page.Next is null ? page.Items : throw new TooMuchException($"There are more than {ContactFilter.MostRows} contacts: bring 'from' and 'to' closer.");
    }

    private static async Task<IResult> Find(Guid id, Caller caller, Sights sights, ContactQueries contacts, CancellationToken ct)
    {
        var sight = sights.Of(caller);
        var contact = sight.Tenants.Count == 0 ? null : await contacts.Find(sight, id, ct);
        return contact is null ? Problems.NotFound("contact") : Results.Ok(contact);
    }

    private static async Task<IResult> Sip(Guid id, Caller caller, Sights sights, ContactQueries contacts, SipMessageRows messages, CancellationToken ct)
    {
        var sight = sights.Of(caller);
        var contact = sight.Tenants.Count == 0 ? null : await contacts.Find(sight, id, ct);
        return contact is null ? Problems.NotFound("contact") : Results.Ok(await messages.Of(sight with { Tenants = [contact.Tenant] }, id, ct));
    }
}

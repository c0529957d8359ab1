using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;
using CallCenter.Desk.Live;
using CallCenter.Desk.Owners;
using CallCenter.Desk.Push;
using CallCenter.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Desk.Screens;

/// <summary>Who is signed in, with which tenants, and what is in hand now.</summary>
/// <param name="User">The user's id.</param>
internal sealed record Me(Guid User, string Name, Role Role, IReadOnlyList<TenantTag> Tenants, AgentItem? Agent, ContactMessage? Contact, DateTimeOffset At);

/// <summary><c>GET /api/desk/me</c>: the present state that a client reads once after it connected, from those who own it.</summary>
internal static class MeApi
{
    public static async Task<IResult> Get(
        Caller caller, OwnerReads owners, LiveContacts contacts, LiveAgents agents, Refresh refresh,
        [FromKeyedServices(DeskService.Name)] ConfigurationSnapshots snapshots, TimeProvider clock, CancellationToken ct)
    {
        // Before what follows is read: a message of this time or later may tell more than it.
        var at = clock.Now();
        try
        {
            var agent = caller.Role == Role.Agent && await owners.Agent(caller.User, ct) is { } own ? own with { Watching = agents.WatchingOf(own.Id) } : null;
            var contact = agent?.Contact is { } id ? await InHand(agent, id, owners, contacts, refresh, ct) : null;
            var seen = contact is null || Audience.Sees(caller, contact.Tenant.Id) ? contact : null;
            return Results.Ok(new Me(caller.User, caller.Name, caller.Role, Tenants(caller, snapshots), agent, seen, at));
        }
        catch (HttpRequestException)
        {
            return Problems.Unavailable("Routing or Reporting does not answer: try again in some seconds.");
        }
    }

    public static IReadOnlyList<TenantTag> Tenants(Caller caller, ConfigurationSnapshots snapshots) =>
    [
        .. snapshots.Tenants().Where(tenant => Audience.Sees(caller, tenant.Tenant)).OrderBy(tenant => tenant.Name, StringComparer.Ordinal).Select(Tag),
    ];

    private static TenantTag Tag(TenantSnapshot tenant) => new(tenant.Tenant, tenant.Name, tenant.Brand.Colour);

    private static async Task<ContactMessage?> InHand(
        AgentItem agent, Guid contact, OwnerReads owners, LiveContacts contacts, Refresh refresh, CancellationToken ct)
    {
        await refresh.Now(ct);
        return contacts.PopOf(agent, contact)
            ?? (await owners.Contact(contact, ct) is { } read ? contacts.Restore(agent, read) : null);
    }
}

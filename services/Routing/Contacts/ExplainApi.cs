using CallCenter.Contracts.Routing;
using CallCenter.Hosting;
using CallCenter.Routing.Pools;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Routing.Contacts;

/// <summary><c>GET /api/routing/contacts/{id}</c>: where a contact is and why each of its offers went where it went.</summary>
internal static class ExplainApi
{
    public static void MapExplain(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/routing/contacts/{id:guid}", Find).RequireRoles(Role.Supervisor, Role.Administrator, Role.Service);

    private static async Task<IResult> Find(
        Guid id, [FromKeyedServices(RoutingService.Name)] ConfigurationSnapshots snapshots, RoutingStore store, CancellationToken ct) =>
        await store.FindIn<ContactState>(StateTable.Contacts, snapshots.Operator()?.Tenants ?? [], id, ct) is { } stored
            ? Results.Ok(Show(stored.State))
            : Problems.NotFound("contact");

    private static ContactItem Show(ContactState contact) => new(
        contact.Id, contact.Tenant, contact.Queue, contact.QueuedAt, contact.FirstQueuedAt, contact.Termination?.Text(),
        [.. contact.Legs.Where(leg => leg.Choice is not null).Select(leg => new OfferItem(leg.Leg, leg.Agent, leg.Queue, leg.Phase.ToString(), leg.Choice!))]);

    /// <param name="Queue">Where it waits or is offered; null when it does neither.</param>
    /// <param name="Offers">In the order in which they were made.</param>
    internal sealed record ContactItem(
        Guid Id, Guid Tenant, Guid? Queue, DateTimeOffset? QueuedAt, DateTimeOffset? FirstQueuedAt, string? Termination, IReadOnlyList<OfferItem> Offers);

    /// <param name="Phase">Offered, Accepted, Talking, Held, Consulting, WrapUp or Over.</param>
    internal sealed record OfferItem(Guid Leg, Guid Agent, Guid Queue, string Phase, Choice Why);
}

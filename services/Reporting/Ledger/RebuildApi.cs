using CallCenter.Hosting;
using CallCenter.Reporting.Contacts;

namespace CallCenter.Reporting.Ledger;

/// <summary>POST /api/reports/rebuild: answers when everything has been folded anew.</summary>
internal static class RebuildApi
{
    public static void MapRebuild(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/reports/rebuild", async (Rebuild rebuild, Sights sights, CancellationToken ct) => await rebuild.Run(sights.Everything, ct))
            .RequireRoles(Role.Administrator).WithTags("Reports").Produces<RebuildResult>()
            .WithSummary("Drops histories and facts and folds them anew from the ledger");
}

using System.Net;
using CallCenter.Hosting;

namespace CallCenter.Telephony.Bans;

/// <summary>GET and DELETE /api/telephony/bans: the addresses that this gateway does not answer, for an administrator.</summary>
internal static class BanApi
{
    public static void MapBans(this IEndpointRouteBuilder app)
    {
        var bans = app.MapGroup("/api/telephony/bans").WithTags("Telephony").RequireRoles(Role.Administrator);
        bans.MapGet("", (BanList list) => new Items<Ban>(list.All())).WithSummary("Addresses that are not answered, the latest first");
        bans.MapDelete("/{address}", Lift).Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Lifts the ban of an address");
    }

    private static IResult Lift(string address, BanList list) =>
        !IPAddress.TryParse(address, out var parsed) ? Problems.Invalid($"'{address}' is not an address: give one of the list.")
        : list.Lift(parsed) ? Results.NoContent()
        : Problems.NotFound("ban");
}

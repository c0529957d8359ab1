using CallCenter.Fleet.Members;
using CallCenter.Hosting;

namespace CallCenter.Fleet.Control;

/// <summary>What the other commands ask of the running fleet, over a socket in the data folder that its owner alone may open.</summary>
internal static class ControlApi
{
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(10);

    public static string SocketOf(DataFolder data) => data.Path("fleet", "control");

    public static WebApplication Build(Supervisor fleet)
    {
        var socket = SocketOf(fleet.Data);
        File.Delete(socket);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        var app = builder.Build();
        app.MapGet("/members", async (bool? memory, CancellationToken ct) => await fleet.Status(memory is true, ct));
        app.MapGet("/broker", () => fleet.Broker);
        app.MapPost("/members/{name}/kill", (string name, double? seconds) => Do(fleet, name, seconds, (watch, time) =>
        {
            watch.Kill(time);
            return Task.CompletedTask;
        }));
        app.MapPost("/members/{name}/freeze", (string name, double? seconds) => Do(fleet, name, seconds, (watch, time) => watch.Freeze(time)));
        app.MapPost("/members/{name}/restart", (string name, CancellationToken ct) => Do(fleet, name, null, (watch, _) => watch.Restart(ct)));
        return app;
    }

    private static async Task<IResult> Do(Supervisor fleet, string name, double? seconds, Func<Watch, TimeSpan, Task> what)
    {
        var time = TimeSpan.FromSeconds(seconds ?? 0);
        if (time < TimeSpan.Zero || time > LongestOutage)
        {
            return Results.BadRequest($"{seconds} seconds are not within 0 to {LongestOutage.TotalSeconds:0}");
        }
        if (fleet.Find(name) is not { } watch)
        {
            return Results.NotFound($"there is no '{name}' in the fleet; './callcenter fleet status' lists its members");
        }
        await what(watch, time);
        return Results.NoContent();
    }
}

/// <summary>A member as it is now.</summary>
/// <param name="State">"ready", "stands by", "not ready", "gone"; "runs" for one that tells nothing of its health.</param>
/// <param name="Megabytes">Memory of its own and its part of what members share (PSS).</param>
/// <param name="CpuSeconds">Used since its process began.</param>
internal sealed record MemberStatus(string Name, int? ProcessId, string State, DateTimeOffset Since, int Restarts, double Megabytes, double CpuSeconds, string? Address);

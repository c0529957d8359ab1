using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Hosting;

/// <summary>A service that only brings its database up to date.</summary>
public static class MigrationRun
{
    /// <summary>The argument that asks for it; no other goes with it.</summary>
    public const string Argument = "--migrate";

    /// <summary>
    /// Runs the service until it is stopped; with the argument <c>--migrate</c> applies the migrations and ends, and nothing else of the
    /// service starts. Throws when a migration fails: the process then ends with a code that is not 0.
    /// </summary>
    public static async Task RunOrMigrate(this WebApplication app, string[] arguments, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (arguments is not [Argument])
        {
            await app.RunAsync(ct);
            return;
        }
        await using (app)
        {
            await app.Services.GetRequiredService<MigrationService>().StartingAsync(ct);
        }
    }
}

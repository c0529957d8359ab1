using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace CallCenter.Grains;

/// <summary>Adds the embedded grain runtime to a host.</summary>
public static class GrainsHosting
{
    /// <summary>
    /// Serves the grain classes of <paramref name="assemblies"/> in this process and gives <see cref="IGrainFactory"/> and <see cref="IClusterClient"/>.
    /// Grains are constructed with the host's services, a scope for each activation. Reminders need an <see cref="IReminderStore"/>.
    /// </summary>
    /// <exception cref="ArgumentException">No assembly.</exception>
    public static IServiceCollection AddEmbeddedGrains(this IServiceCollection services, Action<EmbeddedGrainsOptions>? configure, params Assembly[] assemblies)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(assemblies);
        if (assemblies.Length == 0)
            throw new ArgumentException("Give the assemblies that hold the grain classes.", nameof(assemblies));
        services.AddOptions<EmbeddedGrainsOptions>()
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<EmbeddedGrainsOptions>, OptionsCheck>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new GrainRuntime(
            provider,
            new GrainCatalog(assemblies),
            provider.GetRequiredService<IOptions<EmbeddedGrainsOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GrainRuntime>>(),
            provider.GetService<IReminderStore>()));
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<GrainRuntime>());
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<GrainRuntime>());
        services.AddHostedService<Lifetime>();
        return services;
    }

    private sealed class Lifetime(GrainRuntime runtime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => runtime.Start(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => runtime.Stop(cancellationToken);
    }

    private sealed class OptionsCheck : IValidateOptions<EmbeddedGrainsOptions>
    {
        public ValidateOptionsResult Validate(string? name, EmbeddedGrainsOptions options)
        {
            var mistakes = options.Mistakes().ToList();
            return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
        }
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Routing.Leading;

/// <summary>Hosted services that run while this process leads, in the order of their registration.</summary>
internal static class LedServices
{
    /// <summary>What <paramref name="add"/> registers as hosted services does not start with the host, but with the lead (<see cref="Leadership"/>); each must be able to start again.</summary>
    public static void AddLed(this IServiceCollection services, Action add)
    {
        var first = services.Count;
        add();
        for (var i = first; i < services.Count; i++)
        {
            if (services[i] is { IsKeyedService: false } hosted && hosted.ServiceType == typeof(IHostedService))
            {
                services[i] = Led(hosted);
            }
        }
    }

    private static ServiceDescriptor Led(ServiceDescriptor hosted) => hosted.ImplementationFactory is { } make
        ? ServiceDescriptor.KeyedSingleton<IHostedService>(RoutingService.Name, (services, _) => (IHostedService)make(services))
        : ServiceDescriptor.KeyedSingleton(typeof(IHostedService), RoutingService.Name, hosted.ImplementationType!);
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Hosting;

/// <summary>What services register while the host is being built, found again by the next call: all services share one container in AllInOne.</summary>
internal static class Registry
{
    public static T Registered<T>(this IHostApplicationBuilder builder) where T : class, new() =>
        builder.Services.FindInstance<T>() ?? builder.Services.AddInstance(new T());

    public static T? FindInstance<T>(this IServiceCollection services) where T : class =>
        services.FirstOrDefault(d => !d.IsKeyedService && d.ServiceType == typeof(T))?.ImplementationInstance as T;

    private static T AddInstance<T>(this IServiceCollection services, T instance) where T : class
    {
        services.AddSingleton(instance);
        return instance;
    }
}

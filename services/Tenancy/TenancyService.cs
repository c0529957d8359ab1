using CallCenter.Hosting;
using CallCenter.Tenancy.Numbers;
using CallCenter.Tenancy.Operator;
using CallCenter.Tenancy.Outside;
using CallCenter.Tenancy.Phones;
using CallCenter.Tenancy.Snapshots;
using CallCenter.Tenancy.Tenants;
using CallCenter.Tenancy.Trunks;
using CallCenter.Tenancy.Users;

namespace CallCenter.Tenancy;

/// <summary>Tenants, numbers, trunks, phones, users and sign-in.</summary>
public static class TenancyService
{
    internal const string Name = "tenancy";

    /// <summary>Registers the service.</summary>
    public static void AddTenancy(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase(Name, typeof(TenancyService).Assembly);
        builder.Services.AddSingleton(services => new TenancyStore(services.GetRequiredKeyedService<ServiceDatabase>(Name)));
        builder.Services.AddSingleton<ConfigurationNotices>();
        builder.Services.AddSingleton<SignInLimiter>();
        builder.Services.AddSingleton<Passwords>();
        builder.Services.AddHostedService<FirstStart>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ConfigurationNotices>());
    }

    /// <summary>Maps its endpoints.</summary>
    public static void MapTenancy(this IEndpointRouteBuilder app)
    {
        app.MapSignIn();
        app.MapSipSignIn();
        app.MapTenants();
        app.MapPayments();
        app.MapNumbers();
        app.MapUsers();
        app.MapPhones();
        app.MapTrunks();
        app.MapOutside();
        app.MapSnapshots();
    }
}

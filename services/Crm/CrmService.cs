using CallCenter.Contracts;
using CallCenter.Crm.Contacts;
using CallCenter.Crm.Customers;
using CallCenter.Crm.Numbers;
using CallCenter.Hosting;

namespace CallCenter.Crm;

/// <summary>Tenants' customers: found by their number when they call, their cards, their contacts.</summary>
public static class CrmService
{
    internal const string Name = "crm";
    private static readonly string[] Sources = ["Telephony", "Routing"];

    /// <summary>Adds the service; needs <see cref="CallCenterDefaults.AddCallCenterDefaults"/>.</summary>
    public static void AddCrm(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase(Name, typeof(CrmService).Assembly);
        builder.AddOutbox(Name);
        builder.AddConfigurationSnapshots(Name);
        builder.AddInbox<ContactEvents>(Name, Sources.SelectMany(EventCatalog.From));
        builder.Services.AddSingleton<Countries>();
        builder.Services.AddSingleton<CustomerSight>();
        builder.Services.AddSingleton<CustomerStore>();
        builder.Services.AddSingleton<ListCustomers>();
        builder.Services.AddSingleton<PutCustomer>();
    }

    /// <summary>Maps <c>/api/customers</c>.</summary>
    public static void MapCrm(this IEndpointRouteBuilder app) => app.MapCustomers();
}

using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Ivr.Announcements;
using CallCenter.Ivr.Calls;
using CallCenter.Ivr.Flows;
using CallCenter.Ivr.Prompts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Ivr;

/// <summary>Call flows: menus, prompts, what a caller hears in the queue.</summary>
public static class IvrService
{
    internal const string Name = "ivr";

    /// <summary>Adds the service; needs <see cref="CallCenterDefaults.AddCallCenterDefaults"/>.</summary>
    public static void AddIvr(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase(Name, typeof(IvrService).Assembly);
        builder.AddOutbox(Name);
        builder.AddConfigurationSnapshots(Name);
        builder.AddInbox<CallEvents>(Name, EventCatalog.From("Telephony"), EventCatalog.From("Routing").Where(CallEvents.IsOfContact));
        builder.Services.AddSingleton<FlowStore>();
        builder.Services.AddSingleton<FlowApi>();
        builder.Services.AddSingleton<Speech>();
        builder.Services.AddSingleton<AudioFiles>();
        builder.Services.AddSingleton<PromptApi>();
        builder.Services.AddSingleton<VisibleTenants>();
        builder.AddServiceClient(PlaceQuestions.Routing);
        builder.Services.AddSingleton<SpokenTexts>();
        builder.Services.AddSingleton<PlaceQuestions>();
        builder.Services.AddSingleton<Sayings>();
        builder.Services.AddSingleton<TenantTime>();
        builder.Services.AddSingleton<CommandSender>();
        builder.Services.AddSingleton<CallRunner>();
        builder.Services.AddHostedService<OverdueCalls>();
    }

    /// <summary>Maps <c>/api/flows</c> and <c>/api/prompts</c>.</summary>
    public static void MapIvr(this IEndpointRouteBuilder app)
    {
        FlowApi.Map(app);
        PromptApi.Map(app);
    }
}

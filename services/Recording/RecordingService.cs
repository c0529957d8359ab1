using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Recording.Play;
using CallCenter.Recording.Sealing;
using CallCenter.Recording.Store;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Recording;

/// <summary>Recordings: stored as they come, sealed when they are whole, found and played.</summary>
public static class RecordingService
{
    internal const string Name = "recording";

    /// <summary>Adds the service; needs <see cref="CallCenterDefaults.AddCallCenterDefaults"/>.</summary>
    public static void AddRecording(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase(Name, typeof(RecordingService).Assembly);
        builder.AddOutbox(Name);
        builder.AddConfigurationSnapshots(Name);
        builder.AddInbox<RecordingEvents>(Name, EventCatalog.From("Telephony"));
        builder.AddStore();
        builder.Services.AddSingleton<Seal>();
        builder.Services.AddSingleton<Visible>();
        builder.Services.AddSingleton<PutBlocks>();
        builder.Services.AddSingleton<GetAudio>();
        builder.Services.AddSingleton<ListRecordings>();
    }

    // Recording:Binding: the Dapr output binding of the bucket that takes the blocks; none: files.
    private static void AddStore(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BlockFiles>();
        builder.Services.AddSingleton(s => new StoredRecordings(s.GetRequiredService<BlockFiles>(), s.GetService<BlockObjects>(), s.GetRequiredService<DataFolder>()));
        if (builder.Configuration["Recording:Binding"] is not { Length: > 0 } binding)
        {
            builder.Services.AddSingleton<IBlockStore>(s => s.GetRequiredService<BlockFiles>());
            return;
        }
        if (builder.Services.All(d => d.ServiceType != typeof(SidecarClient)))
        {
            throw new InvalidOperationException("Recording:Binding is set, but there is no Dapr sidecar: set Dapr:HttpEndpoint as well, or neither.");
        }
        builder.Services.AddSingleton(s => new BlockObjects(s.GetRequiredService<SidecarClient>(), binding));
        builder.Services.AddSingleton<IBlockStore>(s => s.GetRequiredService<BlockObjects>());
    }

    /// <summary>Maps <c>/api/recordings</c>.</summary>
    public static void MapRecording(this IEndpointRouteBuilder app)
    {
        PutBlocks.Map(app);
        GetAudio.Map(app);
        ListRecordings.Map(app);
    }
}

using CallCenter.Hosting;
using CallCenter.Recording;

var builder = WebApplication.CreateBuilder(args);
await builder.UseSidecar();
builder.AddCallCenterDefaults();
builder.AddRecording();
var app = builder.Build();
app.MapCallCenterDefaults();
app.MapRecording();
await app.RunOrMigrate(args);
